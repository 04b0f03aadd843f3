using System;
using System.Linq;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// Numbers of fewer bits in lanes, in rows and with scales: every pattern that is read, and of what is written every tie and its
/// neighbours, against tables in double. <see cref="LesserProcessorTests"/> asks the same of the paths of lesser processors.
/// </summary>
public sealed unsafe class ConversionTests
{
    const int Width = 16;

    /// <summary>Below, at and above a vector, and above a work item of 16,384 elements.</summary>
    static readonly int[] Lengths = [1, 15, 16, 17, 33, 16_384 + 21];

    public static TheoryData<string> Names => StoredLanes.Names;

    static bool IsSame(float expected, float actual) =>
        float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);

    static void Same(float expected, float actual, string what)
    {
        if (!IsSame(expected, actual)) Assert.Fail($"{what}: {actual:g9}, expected {expected:g9}");
    }

    static void Rounded(PlainFormat format, int bits, float number, string what)
    {
        if (!format.IsOf(bits, number))
            Assert.Fail($"{what} of {number:g9} ({BitConverter.SingleToInt32Bits(number):x}): {bits:x}, expected {format.Encode(number):x}");
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryPattern_IsReadAsItsNumber(string name)
    {
        StoredLanes lanes = StoredLanes.Of(name);
        byte* memory = stackalloc byte[2 * Width];
        for (int first = 0; first < lanes.Format.Patterns; first += Width)
        {
            for (int i = 0; i < Width; i++) lanes.Put(memory, i, first + i);
            Vector512<float> whole = lanes.Load(memory);
            int count = first / Width % (Width + 1);
            Vector512<float> part = lanes.LoadPartial(memory, count);
            for (int i = 0; i < Width; i++)
            {
                float expected = lanes.Format.Decode(first + i);
                Same(expected, whole.GetElement(i), $"load of {first + i:x}");
                Same(expected, lanes.Decode(first + i), $"conversion of {first + i:x}");
                Same(i < count ? expected : 0, part.GetElement(i), $"{count} lanes, lane {i} of {first + i:x}");
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void StridedElements_AreReadWhereTheyLie(string name)
    {
        StoredLanes lanes = StoredLanes.Of(name);
        const int Most = 5;
        byte* memory = stackalloc byte[2 * (2 * Most * Width + 1)];
        for (int i = 0; i <= 2 * Most * Width; i++) lanes.Put(memory, i, 7 * i % 119);
        foreach (int stride in new[] { 0, 1, 2, 3, Most, -1, -Most })
            for (int count = 0; count <= Width + 1; count++)
            {
                Vector512<float> read = lanes.LoadStrided(memory + Most * Width * lanes.Size, stride, count);
                for (int i = 0; i < Width; i++)
                {
                    float expected = i < count ? lanes.Format.Decode(7 * (Most * Width + i * stride) % 119) : 0;
                    Same(expected, read.GetElement(i), $"{count} by {stride}, lane {i}");
                }
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryTieAndItsNeighbours_AreRoundedToTheNearest(string name)
    {
        StoredLanes lanes = StoredLanes.Of(name);
        float[] grid = lanes.Format.Grid();
        byte* memory = stackalloc byte[2 * Width];
        float* sixteen = stackalloc float[Width];
        for (int first = 0; first < grid.Length; first += Width)
        {
            int count = Math.Min(Width, grid.Length - first);
            grid.AsSpan(first, count).CopyTo(new Span<float>(sixteen, Width));
            lanes.Store(memory, Vector512.Load(sixteen));
            for (int i = 0; i < count; i++)
            {
                Rounded(lanes.Format, lanes.At(memory, i), grid[first + i], "store");
                Rounded(lanes.Format, lanes.Encode(grid[first + i]), grid[first + i], "conversion");
            }
        }
        Assert.True(grid.Length > 20_000);
    }

    [Theory, MemberData(nameof(Names))]
    public void PartialStores_LeaveWhatIsBehind(string name)
    {
        StoredLanes lanes = StoredLanes.Of(name);
        float* numbers = stackalloc float[Width];
        byte* memory = stackalloc byte[4 * Width];
        for (int i = 0; i < Width; i++) numbers[i] = 1.03f * i - 7;
        for (int count = 0; count <= Width; count++)
        {
            new Span<byte>(memory, 4 * Width).Fill(0x55);
            lanes.StorePartial(memory, Vector512.Load(numbers), count);
            for (int i = 0; i < count; i++) Rounded(lanes.Format, lanes.At(memory, i), numbers[i], "store");
            for (int i = count * lanes.Size; i < 4 * Width; i++) Assert.Equal(0x55, memory[i]);
        }
    }

    [Fact]
    public void RoundedLanes_AreWhatAStoreWouldLeave()
    {
        foreach ((PlainFormat format, Func<Vector512<float>, Vector512<float>> round) in new[]
        {
            (PlainFormat.BFloat16, (Func<Vector512<float>, Vector512<float>>)Lanes.RoundToBFloat16), (PlainFormat.Float16, Lanes.RoundToFloat16),
        })
        {
            float[] grid = format.Grid();
            for (int first = 0; first + Width <= grid.Length; first += Width)
            {
                Vector512<float> rounded = round(Vector512.Create(grid, first));
                for (int i = 0; i < Width; i++)
                {
                    float expected = float.IsNaN(grid[first + i]) ? float.NaN : format.Decode(format.Encode(grid[first + i]));
                    Same(expected, rounded.GetElement(i), $"{grid[first + i]:g9} rounded");
                }
            }
        }
    }

    /// <summary>cvt.rna.tf32: ties away from zero; beyond the largest number is infinite.</summary>
    static float RoundedToTensorFloat32(float x)
    {
        if (!float.IsFinite(x) || x == 0) return x;
        double last = Math.ScaleB(1, Math.Max(-126, Math.ILogB(x)) - 10);
        return (float)(Math.Round(x / last, MidpointRounding.AwayFromZero) * last);
    }

    [Fact]
    public void TensorFloat32_RoundsTiesAwayFromZero()
    {
        var random = new Random(7);
        const int Cut = 0x1FFF, Tie = 0x1000;
        float[] numbers = [.. Enumerable.Range(0, 60_000).SelectMany(i =>
        {
            int bits = random.Next(int.MinValue, int.MaxValue);
            return new[] { bits, bits & ~Cut, bits & ~Cut | Tie, bits & ~Cut | Tie - 1, bits & ~Cut | Tie + 1 };
        }).Select(BitConverter.Int32BitsToSingle), float.MaxValue, float.MinValue, float.Epsilon, 0f, -0f, float.NaN, .. PlainFormat.Float16.Grid()];
        foreach (int length in (int[])[.. Lengths, numbers.Length])
        {
            using FencedFloats from = new(numbers.AsSpan(^length..)), to = new(length);
            Rows.RoundToTensorFloat32(Pools.Two, from.Start, to.Start, length);
            for (int i = 0; i < length; i++) Same(RoundedToTensorFloat32(from.Span[i]), to.Span[i], $"{from.Span[i]:g9} in tf32");
        }
    }

    [Fact]
    public void CopiesOfRows_AreConversionsOfTheirElements()
    {
        float[] numbers = [.. PlainFormat.BFloat16.Grid()[^20_000..], .. PlainFormat.Float16.Grid()[^20_000..]];
        foreach (int length in Lengths)
        {
            using FencedFloats from = new(numbers.AsSpan(^length..)), back = new(length);
            ushort[] brains = new ushort[length + 1], halves = new ushort[length + 1], again = new ushort[length + 1];
            brains[length] = halves[length] = again[length] = 0x5555;
            fixed (ushort* b = brains, h = halves, a = again)
            {
                Rows.Copy(Pools.Two, from.Start, (BFloat16*)b, length);
                Rows.Copy(Pools.Two, from.Start, (Half*)h, length);
                for (int i = 0; i < length; i++)
                {
                    Rounded(PlainFormat.BFloat16, b[i], from.Span[i], "copy");
                    Rounded(PlainFormat.Float16, h[i], from.Span[i], "copy");
                }
                Rows.Copy(Pools.Two, (BFloat16*)b, back.Start, length);
                for (int i = 0; i < length; i++) Same(PlainFormat.BFloat16.Decode(b[i]), back.Span[i], $"copy of {b[i]:x}");
                Rows.Copy(Pools.Two, (Half*)h, back.Start, length);
                for (int i = 0; i < length; i++) Same(PlainFormat.Float16.Decode(h[i]), back.Span[i], $"copy of {h[i]:x}");
                Rows.Copy(Pools.Two, (Half*)h, (BFloat16*)a, length);
                for (int i = 0; i < length; i++) Rounded(PlainFormat.BFloat16, a[i], PlainFormat.Float16.Decode(h[i]), "copy");
                Rows.Copy(Pools.Two, (BFloat16*)b, (Half*)a, length);
                for (int i = 0; i < length; i++) Rounded(PlainFormat.Float16, a[i], PlainFormat.BFloat16.Decode(b[i]), "copy");
            }
            Assert.Equal((0x5555, 0x5555, 0x5555), (brains[length], halves[length], again[length]));
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void QuantizedTensors_AreTheNearestOfTheirMultiples(bool isE4M3, bool isBFloat16)
    {
        const int Tensors = 3;
        PlainFormat format = isE4M3 ? PlainFormat.Float8E4M3 : PlainFormat.Float8E5M2;
        foreach (int length in Lengths)
        {
            // Of many magnitudes, so that some become subnormal and some zero.
            float[] numbers = [.. Draw.Reals(Tensors * length, 3).Zip(Draw.Tokens(Tensors * length, 22), (x, e) => MathF.ScaleB(x, -e))];
            if (isBFloat16) numbers = Array.ConvertAll(numbers, x => (float)(BFloat16)x);
            BFloat16[] low = Array.ConvertAll(numbers, x => (BFloat16)x);
            byte[] bytes = [.. Enumerable.Repeat((byte)0x55, Tensors * length + 1)];
            float[] scales = new float[Tensors];
            fixed (float* wide = numbers, scale = scales)
            fixed (BFloat16* brains = low)
            fixed (byte* to = bytes)
            {
                if (isE4M3 && isBFloat16) Float8Scaling.Quantize(Pools.Two, brains, (Float8E4M3*)to, Tensors, length, scale, null);
                else if (isE4M3) Float8Scaling.Quantize(Pools.Two, wide, (Float8E4M3*)to, Tensors, length, scale, null);
                else if (isBFloat16) Float8Scaling.Quantize(Pools.Two, brains, (Float8E5M2*)to, Tensors, length, scale, null);
                else Float8Scaling.Quantize(Pools.Two, wide, (Float8E5M2*)to, Tensors, length, scale, null);
            }
            for (int tensor = 0; tensor < Tensors; tensor++)
            {
                Span<float> own = numbers.AsSpan(tensor * length, length);
                float most = 0;
                foreach (float x in own) most = Math.Max(most, Math.Abs(x));
                Assert.Equal(format.Largest / most, scales[tensor]);
                for (int i = 0; i < length; i++) Rounded(format, bytes[tensor * length + i], own[i] * scales[tensor], $"{length} quantized");
            }
            Assert.Equal(0x55, bytes[^1]);
        }
    }
}
