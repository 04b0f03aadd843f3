using BenchmarkDotNet.Attributes;
using ModelCompiler.Benchmarks.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Generated updates of 4.2 million parameters: bound by memory, 28 bytes of it for a parameter with AdamW.</summary>
public class OptimizerBenchmarks
{
    static readonly int[] Ids = [1, 2, 3, 4];
    Table.Trainer adamW = null!, sgd = null!;

    /// <summary>Makes a trainer for each optimizer and a gradient to apply.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Device device = Device.Cpu;
        adamW = Table.CreateTrainer(device, new AdamW(1e-3f), seed: 1);
        sgd = Table.CreateTrainer(device, new Sgd(1e-3f), seed: 1);
        adamW.ComputeGradients(Ids);
        sgd.ComputeGradients(Ids);
    }

    /// <summary>AdamW, and the gradient's length.</summary>
    [Benchmark]
    public void AdamW() => adamW.UpdateOnly();

    /// <summary>SGD, and the gradient's length.</summary>
    [Benchmark]
    public void Sgd() => sgd.UpdateOnly();

    /// <summary>Frees both.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        adamW.Dispose();
        sgd.Dispose();
    }
}
