using System;
using BenchmarkDotNet.Attributes;
using ModelCompiler.Benchmarks.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Generated row kernels on the activations of a step of <see cref="NanoGpt"/>: [2048, 384], on one thread.</summary>
public class RowBenchmarks
{
    readonly float[] x = new float[RowOperators.Rows * RowOperators.Width], y = new float[RowOperators.Rows * RowOperators.Width];
    RowOperators.Trainer trainer = null!;
    RowOperators.Session session = null!;

    /// <summary>Draws the rows.</summary>
    [GlobalSetup]
    public void Setup()
    {
        trainer = RowOperators.CreateTrainer(Device.Cpu.WithThreads(1), new AdamW(1e-3f), seed: 1);
        session = trainer.CreateSession();
        var random = new Random(1);
        for (int i = 0; i < x.Length; i++) x[i] = random.NextSingle() - 0.5f;
    }

    /// <summary>Moving the same bytes.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => x.AsSpan().CopyTo(y);

    /// <summary>Softmax, forward.</summary>
    [Benchmark]
    public void Softmax() => session.Probabilities(x, y);

    /// <summary>Layer norm, forward.</summary>
    [Benchmark]
    public void LayerNorm() => session.Normalized(x, y);

    /// <summary>Layer norm and a mean, forward and backward.</summary>
    [Benchmark]
    public float LayerNormGradient() => trainer.ComputeGradients(x);

    /// <summary>Frees both.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        session.Dispose();
        trainer.Dispose();
    }
}
