using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>The matrix products of a training step of <see cref="Models.NanoGpt"/>, and a few extremes.</summary>
public unsafe class GemmBenchmarks
{
    NativeArena memory = null!;
    WorkerPool pool = null!;
    MatrixView a, b, c;

    /// <summary>The product.</summary>
    [ParamsSource(nameof(Shapes))]
    public GemmShape Shape { get; set; } = null!;

    /// <summary>Threads that share it.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>All products.</summary>
    public static IEnumerable<GemmShape> Shapes =>
    [
        new("up", 2048, 1536, 384),
        new("up dx", 2048, 384, 1536, TransposeB: true),
        new("up dW", 384, 1536, 2048, TransposeA: true),
        new("down dW", 1536, 384, 2048, TransposeA: true),
        new("head", 2048, 512, 384, TransposeB: true),
        new("256 rows", 256, 3072, 768),
        new("256 rows", 256, 3072, 768, TransposeA: true),
        new("256 rows", 256, 3072, 768, TransposeB: true),
        new("256 rows", 256, 3072, 768, TransposeA: true, TransposeB: true),
        new("square", 512, 512, 512),
        new("square", 1024, 1024, 1024),
        new("square", 1024, 1024, 1024, TransposeA: true),
        new("square", 1024, 1024, 1024, TransposeB: true),
        new("square", 1024, 1024, 1024, TransposeA: true, TransposeB: true),
        new("16 rows", 16, 3072, 768),
        new("4 rows", 4, 3072, 768),
        new("one row", 1, 1536, 384),
        new("mlp", 32, 32, 64),
    ];

    /// <summary>Alone, and with everyone.</summary>
    public static IEnumerable<int> ThreadCounts => MachinePeaks.ThreadCounts;

    /// <summary>Fills A and B.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int m = Shape.M, n = Shape.N, k = Shape.K;
        memory = new NativeArena(((long)m * k + (long)k * n + (long)m * n) * sizeof(float));
        pool = Device.Cpu.WithThreads(Threads).Pool;
        float* start = (float*)memory.Data;
        var random = new Random(1);
        for (long i = 0; i < (long)m * k + (long)k * n; i++) start[i] = random.NextSingle() - 0.5f;
        a = Shape.TransposeA ? new(start, 0, 0, 1, m) : new(start, 0, 0, k, 1);
        b = Shape.TransposeB ? new(start + (long)m * k, 0, 0, 1, k) : new(start + (long)m * k, 0, 0, n, 1);
        c = new(start + (long)m * k + (long)k * n, 0, 0, n, 1);
    }

    /// <summary>C = A · B.</summary>
    [Benchmark]
    public void Gemm() => Runtime.Cpu.Gemm.Multiply(pool, 1, 1, Shape.M, Shape.N, Shape.K, a, b, c, new NoEpilogue());

    /// <summary>Frees the matrices.</summary>
    [GlobalCleanup]
    public void Cleanup() => memory.Dispose();
}
