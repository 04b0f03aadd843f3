using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// A format by its definition: a table of its numbers, and the nearest of them by search, in double. Nothing is shared with what it checks.
/// </summary>
public sealed class PlainFormat
{
    readonly double[] finite;       // by their bits, from 0 on
    readonly double beyond;         // what would follow the largest
    readonly int signBit;
    readonly bool isIeee;

    /// <param name="exponentBits">Of the exponent.</param>
    /// <param name="mantissaBits">Of the mantissa, without the implied one.</param>
    /// <param name="isIeee">
    /// The largest exponent is that of infinity and of what is no number; otherwise the last pattern alone is no number.
    /// </param>
    /// <param name="saturates">What is beyond the largest number becomes that, and not infinite.</param>
    public PlainFormat(int exponentBits, int mantissaBits, bool isIeee, bool saturates)
    {
        (signBit, this.isIeee, Saturates) = (1 << exponentBits + mantissaBits, isIeee, saturates);
        int count = isIeee ? (1 << exponentBits) - 1 << mantissaBits : signBit - 1, bias = (1 << exponentBits - 1) - 1;
        double Number(int bits)
        {
            int exponent = bits >> mantissaBits, mantissa = bits & (1 << mantissaBits) - 1;
            return exponent == 0 ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
                : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        }
        finite = [.. Enumerable.Range(0, count).Select(Number)];
        beyond = Number(count);
    }

    public static PlainFormat BFloat16 { get; } = new(8, 7, isIeee: true, saturates: false);

    public static PlainFormat Float16 { get; } = new(5, 10, isIeee: true, saturates: false);

    public static PlainFormat Float8E4M3 { get; } = new(4, 3, isIeee: false, saturates: true);

    public static PlainFormat Float8E5M2 { get; } = new(5, 2, isIeee: true, saturates: true);

    public bool Saturates { get; }

    public float Largest => (float)finite[^1];

    /// <summary>How many patterns there are.</summary>
    public int Patterns => 2 * signBit;

    /// <summary>The number of a pattern.</summary>
    public float Decode(int bits)
    {
        int magnitude = bits & signBit - 1;
        double number = magnitude < finite.Length ? finite[magnitude]
            : isIeee && magnitude == finite.Length ? double.PositiveInfinity : double.NaN;
        return (float)((bits & signBit) == 0 ? number : -number);
    }

    /// <summary>Whether a pattern is what a number is to become: the nearest, of two the even; any NaN for NaN.</summary>
    public bool IsOf(int bits, float number) => float.IsNaN(number) ? float.IsNaN(Decode(bits)) : bits == Encode(number);

    /// <summary>The pattern of the nearest number.</summary>
    public int Encode(float number)
    {
        double magnitude = Math.Abs((double)number);
        int below = Array.BinarySearch(finite, magnitude);
        if (below < 0) below = ~below - 1;
        double above = below + 1 < finite.Length ? finite[below + 1] : beyond;
        double toBelow = magnitude - finite[below], toAbove = above - magnitude;
        int nearest = toBelow < toAbove || toBelow == toAbove && below % 2 == 0 ? below : below + 1;
        if (Saturates) nearest = Math.Min(nearest, finite.Length - 1);
        return nearest | (float.IsNegative(number) ? signBit : 0);
    }

    /// <summary>Every number, every tie and what lies next to them, of both signs; numbers at the edges of fp32, and drawn ones.</summary>
    public float[] Grid()
    {
        var grid = new List<float>();
        for (int i = 0; i < finite.Length; i++)
        {
            float number = (float)finite[i];
            double above = i + 1 < finite.Length ? finite[i + 1] : beyond;
            float tie = (float)(finite[i] + (above - finite[i]) / 2);
            grid.AddRange([number, MathF.BitIncrement(number), tie, MathF.BitDecrement(tie), MathF.BitIncrement(tie)]);
        }
        uint[] edges = [1, 2, 0x3F_FFFF, 0x40_0000, 0x7F_FFFF, 0x80_0000, 0x7F7F_FFFF, 0x7F80_0000, 0x7F80_0001, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_FFFF];
        grid.AddRange(edges.Select(BitConverter.UInt32BitsToSingle));
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) grid.Add(BitConverter.Int32BitsToSingle(random.Next()));
        return [.. grid.SelectMany(x => new[] { x, -x })];
    }
}
