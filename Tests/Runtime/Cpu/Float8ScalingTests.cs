using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Scales of tensors in 8 bits: by their own numbers, and by those of the steps before.</summary>
public sealed unsafe class Float8ScalingTests
{
    const int Size = 1000;

    static (float Scale, float[] Back) Quantize(float[] numbers, float[]? state)
    {
        var bytes = new Float8E4M3[numbers.Length];
        var scales = new float[1];
        fixed (float* from = numbers, kept = state, scale = scales)
        fixed (Float8E4M3* to = bytes)
            Float8Scaling.Quantize(Pools.Two, from, to, 1, numbers.Length, scale, kept);
        return (scales[0], [.. bytes.Select(b => (float)b / scales[0])]);
    }

    static void Update(float[] state)
    {
        fixed (float* kept = state) Float8Scaling.Update(kept, state.Length / Float8Scaling.StateLength);
    }

    [Fact]
    public void WithoutSteps_TheLargestNumberIsTheFormats()
    {
        float[] numbers = [.. Draw.Reals(Size, 4).Select(x => 1e-6f * x)];
        (float scale, float[] back) = Quantize(numbers, null);
        float most = numbers.Max(Math.Abs);
        Assert.Equal(Float8E4M3.Largest / most, scale);
        for (int i = 0; i < Size; i++) Assert.InRange(back[i], numbers[i] - most / 16 - 1e-12f, numbers[i] + most / 16 + 1e-12f);
    }

    [Fact]
    public void WithSteps_TheLargestOfTheLastSixteenCounts()
    {
        var state = new float[Float8Scaling.StateLength];
        float[] Constant(float x) => [.. Enumerable.Repeat(x, 20)];
        Assert.Equal(Float8E4M3.Largest / 8, Quantize(Constant(8), state).Scale);
        Update(state);
        for (int step = 0; step < Float8Scaling.History - 1; step++)
        {
            Assert.Equal(Float8E4M3.Largest / 8, Quantize(Constant(2), state).Scale);
            Update(state);
        }
        // The first step is forgotten with the next one.
        Quantize(Constant(2), state);
        Update(state);
        Assert.Equal(Float8E4M3.Largest / 2, Quantize(Constant(1), state).Scale);
    }

    [Fact]
    public void WhatHasGrown_BecomesTheLargestNumber()
    {
        var state = new float[Float8Scaling.StateLength];
        Quantize([1, 1], state);
        Update(state);
        (float _, float[] back) = Quantize([4, -4], state);
        Assert.Equal([1f, -1f], back);
    }

    [Fact]
    public void Overflow_LeavesTheScale()
    {
        var state = new float[Float8Scaling.StateLength];
        Quantize([1, 1], state);
        Update(state);
        Quantize([float.PositiveInfinity, 1], state);
        Update(state);
        Assert.Equal(Float8E4M3.Largest, Quantize([1, 1], state).Scale);
    }
}
