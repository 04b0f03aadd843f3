using System.Collections.Generic;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Threads that the tests of kernels share; nothing that runs on them throws.</summary>
public static class Pools
{
    public static WorkerPool One { get; } = new(1);

    public static WorkerPool Two { get; } = new(2);

    public static WorkerPool Four { get; } = new(4);

    public static IReadOnlyList<WorkerPool> All { get; } = [One, Two, Four];
}
