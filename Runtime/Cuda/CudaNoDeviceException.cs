namespace ModelCompiler.Runtime.Cuda;

/// <summary>The driver works, and shows no such device to this process.</summary>
public sealed class CudaNoDeviceException : CudaException
{
    internal CudaNoDeviceException(int ordinal, int count, string message, CudaFailure failure = default)
        : base(message, failure) => (Ordinal, Count) = (ordinal, count);

    /// <summary>Which one was asked for.</summary>
    public int Ordinal { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }
}
