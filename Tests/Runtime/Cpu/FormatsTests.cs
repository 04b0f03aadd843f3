using System;
using System.Linq;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Numbers of fewer bits: every pattern, and roundings against double arithmetic and .NET's Half.</summary>
public sealed unsafe class FormatsTests
{
    const int Patterns = 1 << 16, Draws = 20_000;

    /// <summary>fp32 numbers of every exponent and sign, with ties and their neighbours among them.</summary>
    static float[] Numbers(int keptBits)
    {
        var random = new Random(11);
        var numbers = new float[Draws];
        for (int i = 0; i < numbers.Length; i++)
        {
            int bits = random.Next(int.MinValue, int.MaxValue), cut = 23 - keptBits;
            if (i % 3 == 0) bits = bits >> cut << cut | 1 << cut - 1;                     // a tie
            if (i % 3 == 1) bits = (bits >> cut << cut | 1 << cut - 1) + random.Next(-1, 2);
            float number = BitConverter.Int32BitsToSingle(bits);
            numbers[i] = float.IsNaN(number) ? 0 : number;
        }
        numbers[0] = float.PositiveInfinity;
        numbers[1] = float.NegativeInfinity;
        numbers[2] = -0f;
        return numbers;
    }

    [Fact]
    public void BFloat16_RoundsToNearestEven()
    {
        foreach (float x in Numbers(7))
        {
            // The nearer of the two neighbours; of equally near ones the even.
            uint low = BitConverter.SingleToUInt32Bits(x) >> 16;
            double below = BitConverter.UInt32BitsToSingle(low << 16), above = BitConverter.UInt32BitsToSingle(low + 1 << 16);
            if (double.IsInfinity(above)) above = Math.CopySign(Math.ScaleB(1, 128), above);
            double toBelow = Math.Abs(x - below), toAbove = Math.Abs(above - x);
            uint expected = float.IsInfinity(x) || toBelow < toAbove || toBelow == toAbove && low % 2 == 0 ? low : low + 1;
            Assert.Equal((ushort)expected, ((BFloat16)x).Bits);
            Assert.Equal((ushort)expected, Stored(x));
        }
        Assert.True(float.IsNaN((float)(BFloat16)float.NaN));
        Assert.True(float.IsNaN((float)(BFloat16)BitConverter.UInt32BitsToSingle(0x7F800001)));
        Assert.Equal(((BFloat16)BitConverter.UInt32BitsToSingle(0x7F800001)).Bits, Stored(BitConverter.UInt32BitsToSingle(0x7F800001)));
    }

    static ushort Stored(float x)
    {
        BFloat16* lanes = stackalloc BFloat16[16];
        Lanes.Store(lanes, Vector512.Create(x));
        return lanes[7].Bits;
    }

    [Fact]
    public void BFloat16_IsTheUpperHalf()
    {
        BFloat16* lanes = stackalloc BFloat16[16];
        for (int bits = 0; bits < Patterns; bits++)
        {
            lanes[bits % 16] = new BFloat16((ushort)bits);
            Assert.Equal((uint)bits << 16, BitConverter.SingleToUInt32Bits(Lanes.Load(lanes).GetElement(bits % 16)));
        }
    }

    [Fact]
    public void Float16_IsDotNetsHalf()
    {
        Half* lanes = stackalloc Half[16];
        for (int bits = 0; bits < Patterns; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            lanes[bits % 16] = half;
            float actual = Lanes.Load(lanes).GetElement(bits % 16), expected = (float)half;
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(actual));
            else Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(actual));
        }
        foreach (float x in Numbers(10).Concat(Numbers(10).Select(x => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) & ~(0x40 << 23) | 0x38 << 23))))
        {
            Lanes.Store(lanes, Vector512.Create(x));
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)x), BitConverter.HalfToUInt16Bits(lanes[3]));
        }
        Lanes.Store(lanes, Vector512.Create(float.NaN));
        Assert.True(Half.IsNaN(lanes[0]));
    }

    static double Value(int bits, int exponentBits, int mantissaBits, bool hasInfinities)
    {
        int bias = (1 << exponentBits - 1) - 1, exponent = bits >> mantissaBits & (1 << exponentBits) - 1, mantissa = bits & (1 << mantissaBits) - 1;
        int top = (1 << exponentBits) - 1, full = (1 << mantissaBits) - 1;
        double sign = bits >> exponentBits + mantissaBits == 0 ? 1 : -1;
        if (exponent == top && hasInfinities) return mantissa == 0 ? sign * double.PositiveInfinity : double.NaN;
        if (exponent == top && mantissa == full) return double.NaN;
        return sign * (exponent == 0 ? Math.ScaleB(mantissa, 1 - bias - mantissaBits) : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits));
    }

    [Fact]
    public void Float8E4M3_IsItsTable() => IsItsTable(4, 3, false, b => (float)new Float8E4M3(b), x => ((Float8E4M3)x).Bits, Float8E4M3.Largest);

    [Fact]
    public void Float8E5M2_IsItsTable() => IsItsTable(5, 2, true, b => (float)new Float8E5M2(b), x => ((Float8E5M2)x).Bits, Float8E5M2.Largest);

    static void IsItsTable(int exponentBits, int mantissaBits, bool hasInfinities, Func<byte, float> decode, Func<float, byte> encode, float largest)
    {
        double[] table = [.. Enumerable.Range(0, 256).Select(b => Value(b, exponentBits, mantissaBits, hasInfinities))];
        Assert.Equal(largest, table.Where(double.IsFinite).Max());
        for (int b = 0; b < 256; b++) Assert.Equal((float)table[b], decode((byte)b));
        int[] finite = [.. Enumerable.Range(0, 128).Where(b => double.IsFinite(table[b]))];
        for (int i = 0; i + 1 < finite.Length; i++)
        {
            (double low, double high) = (table[finite[i]], table[finite[i + 1]]);
            float tie = (float)((low + high) / 2);
            foreach (int sign in new[] { 0, 0x80 })
            {
                float s = sign == 0 ? 1 : -1;
                Assert.Equal(finite[i] | sign, encode(s * (float)low));
                Assert.Equal((finite[i] % 2 == 0 ? finite[i] : finite[i + 1]) | sign, encode(s * tie));
                Assert.Equal(finite[i] | sign, encode(s * MathF.BitDecrement(tie)));
                Assert.Equal(finite[i + 1] | sign, encode(s * MathF.BitIncrement(tie)));
            }
        }
        Assert.Equal(finite[^1], encode(float.MaxValue));
        Assert.Equal(finite[^1] | 0x80, encode(float.NegativeInfinity));
        Assert.True(float.IsNaN(decode(encode(float.NaN))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(15)]
    public void Partial_LeavesTheRest(int count)
    {
        Half* halves = stackalloc Half[16];
        BFloat16* brains = stackalloc BFloat16[16];
        for (int i = 0; i < 16; i++) (halves[i], brains[i]) = ((Half)(-1), (BFloat16)(-1f));
        Lanes.StorePartial(halves, Vector512.Create(3f), count);
        Lanes.StorePartial(brains, Vector512.Create(3f), count);
        for (int i = 0; i < 16; i++)
        {
            float expected = i < count ? 3 : -1;
            Assert.Equal((expected, expected), ((float)halves[i], (float)brains[i]));
            Assert.Equal(i < count ? 3 : 0, Lanes.LoadPartial(halves, count).GetElement(i));
            Assert.Equal(i < count ? 3 : 0, Lanes.LoadPartial(brains, count).GetElement(i));
        }
    }
}
