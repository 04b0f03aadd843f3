using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Fused attention and its gradients, as they stand in models.</summary>
public unsafe class AttentionBenchmarks
{
    NativeArena memory = null!;
    WorkerPool pool = null!;
    MatrixView query, key, value, result, dResult, dQuery, dKey, dValue;
    float* logSum;

    /// <summary>The attention.</summary>
    [ParamsSource(nameof(Cases))]
    public AttentionCase Case { get; set; } = null!;

    /// <summary>Threads that share it.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>All attentions.</summary>
    public static IEnumerable<AttentionCase> Cases =>
    [
        new("nano", 8, 6, 256, 64, IsCausal: true),
        new("nano", 8, 6, 256, 64, IsCausal: true, IsBackward: true),
        new("gpt2", 4, 12, 64, 64, IsCausal: true),
        new("gpt2", 4, 12, 64, 64, IsCausal: true, IsBackward: true),
        new("long", 1, 12, 1024, 64, IsCausal: true),
        new("long", 1, 12, 1024, 64, IsCausal: true, IsBackward: true),
        new("grouped", 1, 12, 1024, 64, IsCausal: true, KeyHeads: 4),
        new("grouped", 1, 12, 1024, 64, IsCausal: true, IsBackward: true, KeyHeads: 4),
        new("window", 1, 12, 4096, 64, IsCausal: true, Window: 256),
        new("window", 1, 12, 4096, 64, IsCausal: true, IsBackward: true, Window: 256),
        new("one head", 1, 1, 1024, 64, IsCausal: false, IsBackward: true),
    ];

    /// <summary>Alone, and with everyone.</summary>
    public static IEnumerable<int> ThreadCounts => MachinePeaks.ThreadCounts;

    /// <summary>Draws the operands; the backward pass gets the logarithms of a forward one.</summary>
    [GlobalSetup]
    public void Setup()
    {
        long elements = Case.Elements;
        memory = new NativeArena((8 * elements + Case.Batch * Case.Heads * Case.Length) * sizeof(float));
        pool = Device.Cpu.WithThreads(Threads).Pool;
        float* start = (float*)memory.Data;
        var random = new Random(1);
        for (long i = 0; i < 8 * elements; i++) start[i] = random.NextSingle() - 0.5f;
        (query, key, value, result) = (View(0), View(1), View(2), View(3));
        (dResult, dQuery, dKey, dValue) = (View(4), View(5), View(6), View(7));
        logSum = start + 8 * elements;
        FusedAttention.Forward(pool, Case.Shape, query, key, value, result, logSum);
    }

    MatrixView View(int operand)
    {
        int head = Case.Length * Case.Width;
        return new((float*)memory.Data + (long)operand * Case.Elements, Case.Heads * head, head, Case.Width, 1);
    }

    /// <summary>The result, or the three gradients.</summary>
    [Benchmark]
    public void Attention()
    {
        if (Case.IsBackward)
            FusedAttention.Backward(pool, Case.Shape, query, key, value, logSum, dResult, dQuery, dKey, dValue);
        else FusedAttention.Forward(pool, Case.Shape, query, key, value, result, logSum);
    }

    /// <summary>Frees the operands.</summary>
    [GlobalCleanup]
    public void Cleanup() => memory.Dispose();
}
