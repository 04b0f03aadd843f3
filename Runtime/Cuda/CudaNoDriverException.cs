using System.Collections.Generic;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>There is no NVIDIA driver on this machine, or none that works.</summary>
public sealed class CudaNoDriverException : CudaException
{
    internal CudaNoDriverException(string message, IReadOnlyList<string> tried, CudaFailure failure = default)
        : base(message, failure) => Tried = tried;

    /// <summary>Every place and name that was tried, in order; empty if a driver was there and did not start.
    /// </summary>
    public IReadOnlyList<string> Tried { get; }
}
