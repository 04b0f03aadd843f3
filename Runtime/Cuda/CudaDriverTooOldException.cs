using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>The driver is older than what is asked of it.</summary>
public sealed class CudaDriverTooOldException : CudaException
{
    internal CudaDriverTooOldException(Version version, Version needed, string message, CudaFailure failure = default,
        Exception? innerException = null)
        : base(message, failure, innerException) => (Version, Needed) = (version, needed);

    /// <summary>Of CUDA, as the driver supports it.</summary>
    public Version Version { get; }

    /// <summary>Of CUDA, as it would have to.</summary>
    public Version Needed { get; }
}
