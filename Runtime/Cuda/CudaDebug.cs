using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Switches for finding what a kernel does wrong.</summary>
public static class CudaDebug
{
    /// <summary>Set to 1 to start with <see cref="SynchronizesLaunches"/> on.</summary>
    public const string Variable = "MODELCOMPILER_CUDA_DEBUG";

    static volatile bool synchronizesLaunches = Environment.GetEnvironmentVariable(Variable) is "1" or "true";

    /// <summary>Whether the stream is waited for after every launch, so that the exception names the kernel that
    /// failed. Far slower; a launch into a graph is not waited for, so generated code makes no graphs while this is on.
    /// </summary>
    public static bool SynchronizesLaunches
    {
        get => synchronizesLaunches;
        set => synchronizesLaunches = value;
    }
}
