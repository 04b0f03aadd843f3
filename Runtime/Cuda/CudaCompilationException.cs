namespace ModelCompiler.Runtime.Cuda;

/// <summary>CUDA's compiler refused a kernel's text.</summary>
public sealed class CudaCompilationException : CudaException
{
    internal CudaCompilationException(string kernel, string log, string message, CudaFailure failure)
        : base(message, failure) => (Kernel, Log) = (kernel, log);

    /// <summary>Name of the kernel, or of the file of kernels.</summary>
    public string Kernel { get; }

    /// <summary>What the compiler wrote.</summary>
    public string Log { get; }
}
