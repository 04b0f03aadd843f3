namespace ModelCompiler.Runtime.Cuda;

/// <summary>The device has not got as much memory as was asked for.</summary>
/// <remarks><b>Errors</b>: nothing was changed; the process can go on with less.</remarks>
public sealed class CudaOutOfMemoryException : CudaException
{
    internal CudaOutOfMemoryException(string message, long requested, long free, long total, CudaFailure failure)
        : base(message, failure) => (RequestedBytes, FreeBytes, TotalBytes) = (requested, free, total);

    /// <summary>Bytes that were asked for: the plan's, where a model was started; 0 if not known.</summary>
    public long RequestedBytes { get; }

    /// <summary>Bytes that were free then; 0 if not known.</summary>
    public long FreeBytes { get; }

    /// <summary>Bytes of the device; 0 if not known.</summary>
    public long TotalBytes { get; }
}
