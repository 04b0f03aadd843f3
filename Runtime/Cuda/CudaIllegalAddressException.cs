namespace ModelCompiler.Runtime.Cuda;

/// <summary>A kernel read or wrote where it may not, or not at a multiple of the access's size.</summary>
/// <remarks><b>Errors</b>: every later call of the process fails too. The call that reports it is often not the one
/// that did it: <see cref="CudaDebug.SynchronizesLaunches"/> finds the kernel.</remarks>
public sealed class CudaIllegalAddressException : CudaException
{
    internal CudaIllegalAddressException(string message, string? kernel, CudaFailure failure)
        : base(message, failure) => Kernel = kernel;

    /// <summary>The kernel; null where launches are not synchronised, since it is not known then.</summary>
    public string? Kernel { get; }
}
