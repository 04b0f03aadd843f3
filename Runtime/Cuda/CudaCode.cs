using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Compiled kernels.</summary>
/// <param name="Name">Of their text.</param>
/// <param name="Image">A cubin, or PTX where the compiler is older than the device; to be loaded as a module.</param>
/// <param name="Target">What it is for: such as sm_90, or compute_90 for PTX.</param>
/// <param name="Log">What the compiler wrote; empty where it did not run.</param>
/// <param name="IsFromCache">Whether an earlier run compiled it.</param>
public sealed record CudaCode(string Name, ReadOnlyMemory<byte> Image, string Target, string Log, bool IsFromCache)
{
    /// <summary>Why the folder of compiled kernels could not be used; empty where it could.</summary>
    public string CacheProblem { get; init; } = "";
}
