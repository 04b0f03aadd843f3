using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>What the processor gives at most, measured once in this process, before the first benchmark.</summary>
static class MachinePeaks
{
    static readonly Dictionary<int, MachineSpeed> Measured =
        ThreadCounts.ToDictionary(t => t, t => MachineSpeed.Measure(Device.Cpu.WithThreads(t)));

    /// <summary>Alone, and with everyone.</summary>
    public static IEnumerable<int> ThreadCounts =>
        Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    /// <summary>Measures now, while nothing else runs.</summary>
    public static void Measure() => _ = Measured.Count;

    /// <summary>The speed of so many threads.</summary>
    public static MachineSpeed Of(int threads) => Measured[threads];
}
