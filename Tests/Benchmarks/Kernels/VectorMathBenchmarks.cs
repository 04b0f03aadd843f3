using System;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Vector functions over numbers in the first-level cache.</summary>
public unsafe class VectorMathBenchmarks
{
    const int Count = 2048;   // twice 8 KiB

    NativeArena memory = null!;
    float* x, y;   // [2048] each

    /// <summary>Draws positive arguments, which every function takes.</summary>
    [GlobalSetup]
    public void Setup()
    {
        memory = new NativeArena(2 * Count * sizeof(float));
        x = (float*)memory.Data;
        y = x + Count;
        var random = new Random(1);
        for (int i = 0; i < Count; i++) x[i] = 0.01f + 4 * random.NextSingle();
    }

    /// <summary>What reading and writing cost without a function.</summary>
    [Benchmark(Baseline = true)]
    public void Copy()
    {
        for (int i = 0; i < Count; i += 16) Vector512.Load(x + i).Store(y + i);
    }

    /// <summary>exp.</summary>
    [Benchmark]
    public void Exp()
    {
        for (int i = 0; i < Count; i += 16) VectorMath.Exp(Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>log.</summary>
    [Benchmark]
    public void Log()
    {
        for (int i = 0; i < Count; i += 16) VectorMath.Log(Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>tanh.</summary>
    [Benchmark]
    public void Tanh()
    {
        for (int i = 0; i < Count; i += 16) VectorMath.Tanh(Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>erf.</summary>
    [Benchmark]
    public void Erf()
    {
        for (int i = 0; i < Count; i += 16) VectorMath.Erf(Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>Reciprocal square root.</summary>
    [Benchmark]
    public void ReciprocalSqrt()
    {
        for (int i = 0; i < Count; i += 16) VectorMath.ReciprocalSqrt(Vector512.Load(x + i)).Store(y + i);
    }

    /// <summary>Frees the numbers.</summary>
    [GlobalCleanup]
    public void Cleanup() => memory.Dispose();
}
