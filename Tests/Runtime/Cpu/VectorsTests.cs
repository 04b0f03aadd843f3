using System;
using System.Linq;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Parts of vectors, strided loads, and sums whose order is fixed.</summary>
public sealed unsafe class VectorsTests
{
    [Fact]
    public void LoadPartial_HasTheFirstElementsThenZeros()
    {
        for (int count = 0; count <= 16; count++)
            for (int shift = 0; shift < 3; shift++)
            {
                using var memory = new FencedFloats(Draw.Reals(count), shift);
                float[] expected = [.. memory.Span, .. new float[16 - count]];
                Assert.Equal(expected, Lanes16(Vectors.LoadPartial(memory.Start, count)));
                Assert.Equal([.. expected.Select(BitConverter.SingleToInt32Bits)], Lanes16(Vectors.LoadPartial(memory.Integers, count)));
            }
    }

    [Fact]
    public void StorePartial_WritesTheFirstLanesAlone()
    {
        float[] numbers = Draw.Reals(16);
        Vector512<float> value = Vector512.Create(numbers);
        for (int count = 0; count <= 16; count++)
        {
            using var reals = new FencedFloats(count, shift: 1);
            Vectors.StorePartial(reals.Start, value, count);
            Assert.Equal(numbers[..count], reals.Span.ToArray());
            using var integers = new FencedFloats(count, shift: 3);
            Vectors.StorePartial(integers.Integers, value.AsInt32(), count);
            Assert.Equal(numbers[..count], integers.Span.ToArray());
        }
    }

    [Fact]
    public void LoadPartial_KeepsTheBitsOfIntegersThatAreNotNumbersAsFloats()
    {
        int[] patterns = [0x7F800001, -1, int.MinValue, 0x7FC0DEAD, 1];    // a signalling NaN is the first
        fixed (int* start = patterns)
            Assert.Equal([.. patterns, .. new int[11]], Lanes16(Vectors.LoadPartial(start, 5)));
    }

    [Fact]
    public void Mask_HasAllBitsInTheFirstLanes()
    {
        for (int count = 0; count <= 16; count++)
            Assert.Equal([.. Enumerable.Range(0, 16).Select(i => i < count ? -1 : 0)], Lanes16(Lanes.Mask(count).AsInt32()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData(-3)]
    public void LoadStrided_HasEveryStrideThElementThenZeros(int stride)
    {
        for (int count = 0; count <= 16; count++)
        {
            int length = Math.Max(1, (count - 1) * Math.Abs(stride) + 1);
            using var memory = new FencedFloats(Draw.Reals(length));
            int first = stride < 0 ? length - 1 : 0;
            float[] expected = [.. Enumerable.Range(0, 16).Select(i => i < count ? memory.Span[first + i * stride] : 0)];
            Assert.Equal(expected, Lanes16(Lanes.LoadStrided(memory.Start + first, stride, count)));
            Assert.Equal([.. expected.Select(BitConverter.SingleToInt32Bits)], Lanes16(Lanes.LoadStrided(memory.Integers + first, stride, count)));
        }
    }

    [Fact]
    public void Sum_AddsHalvesToEachOther()
    {
        for (uint stream = 1; stream <= 200; stream++)
        {
            float[] numbers = [.. Draw.Reals(16, stream).Select((x, i) => x * MathF.Pow(10, i % 7))];
            float[] halves = numbers;
            while (halves.Length > 1)
            {
                int half = halves.Length / 2;
                halves = [.. halves[..half].Zip(halves[half..], (low, high) => low + high)];
            }
            Assert.Equal(halves[0], Vectors.Sum(Vector512.Create(numbers)));
        }
    }

    [Fact]
    public void Max_IsTheLargestWhereverItIs()
    {
        for (int lane = 0; lane < 16; lane++)
        {
            float[] numbers = [.. Draw.Reals(16).Select(x => x - 5)];
            numbers[lane] = -0.5f;
            Assert.Equal(-0.5f, Vectors.Max(Vector512.Create(numbers)));
            numbers[lane] = float.NaN;
            Assert.Equal(float.NaN, Vectors.Max(Vector512.Create(numbers)));
            numbers[lane] = float.PositiveInfinity;
            Assert.Equal(float.PositiveInfinity, Vectors.Max(Vector512.Create(numbers)));
        }
        Assert.Equal(float.NegativeInfinity, Vectors.Max(Vector512.Create(float.NegativeInfinity)));
    }

    static T[] Lanes16<T>(Vector512<T> vector) => [.. Enumerable.Range(0, 16).Select(i => vector.GetElement(i))];
}
