namespace ModelCompiler.Runtime.Cuda;

/// <summary>The device stopped answering: an error of its memory, of a link, or of the system.</summary>
/// <remarks><b>Errors</b>: nothing on the device can be read any more; the last checkpoint is intact. A new process
/// goes on from it once the device answers.</remarks>
public sealed class CudaDeviceLostException : CudaException
{
    internal CudaDeviceLostException(string message, CudaFailure failure)
        : base(message, failure)
    {
    }
}
