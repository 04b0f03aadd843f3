using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

public static partial class VectorMath
{
    /// <summary>[16] lanes: ln(1 + x), exact to the last places also where x is small.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32: x itself for ±0, -∞ for -1, NaN below -1 and for NaN, ∞ for ∞.</returns>
    /// <remarks>
    /// Source: Hewlett-Packard's HP-15C Advanced Functions Handbook (1982): what rounding 1 + x lost is put back.
    /// Error: 2 ulp.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log1p(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One, u = x + one;
        Vector512<float> y = Log(u) + (x - (u - one)) / u;
        y = Vector512.ConditionalSelect(Vector512.Equals(u, one), x, y);
        Vector512<float> isEdge = Vector512.Equals(u, Vector512<float>.Zero)
            | Vector512.Equals(x, Vector512.Create(float.PositiveInfinity));
        return Vector512.ConditionalSelect(isEdge, Log(u), y);
    }

    /// <summary>[16] lanes: ln(1 + e^x).</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32: 0 for -∞, ∞ for ∞, NaN for NaN.</returns>
    /// <remarks>
    /// Source: max(x, 0) + ln(1 + e^-|x|), which overflows nowhere and keeps the small results of negative x.
    /// Error: 3 ulp.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x) =>
        Vector512.Max(x, Vector512<float>.Zero) + Log1p(Exp(-Vector512.Abs(x)));

    /// <summary>[16] lanes: x to the power of y.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <param name="y">Any; fp32.</param>
    /// <returns>
    /// fp32, with the special values of IEEE 754-2019, section 9.2.1: 1 for y = 0 and for x = 1 whatever the other is,
    /// NaN for a negative finite x and a y that is no integer.
    /// </returns>
    /// <remarks>
    /// Source: 2^(y · log2 x) with logarithm, product and power in double, so that a large product loses nothing.
    /// Error: 1 ulp.
    /// </remarks>
    public static Vector512<float> Pow(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> zero = Vector512<float>.Zero, one = Vector512<float>.One;
        Vector512<float> infinity = Vector512.Create(float.PositiveInfinity);
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Abs(x));
        (Vector512<double> lowPower, Vector512<double> highPower) = Vector512.Widen(y);
        Vector512<float> power = Vector512.Narrow(PowerOfTwo(low, lowPower), PowerOfTwo(high, highPower));
        // Of an even power the sign is lost, of an odd one kept; numbers from 2^24 on are even, and ∞ counts as such.
        Vector512<float> isWhole = Vector512.Equals(Vector512.Floor(y), y);
        Vector512<float> half = y * Vector512.Create(0.5f);
        Vector512<float> isOdd = isWhole & ~Vector512.Equals(Vector512.Floor(half), half);
        power ^= x & isOdd & Vector512.Create(-0f);
        Vector512<float> isImaginary = Vector512.LessThan(x, zero) & Vector512.GreaterThan(x, -infinity) & ~isWhole;
        Vector512<float> isNaN = isImaginary | ~Vector512.Equals(x, x) | ~Vector512.Equals(y, y);
        power = Vector512.ConditionalSelect(isNaN, Vector512.Create(float.NaN), power);
        return Vector512.ConditionalSelect(Vector512.Equals(y, zero) | Vector512.Equals(x, one), one, power);
    }

    /// <summary>2^(y · log2 x) for x ≥ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> PowerOfTwo(Vector512<double> x, Vector512<double> y)
    {
        Vector512<double> logarithm = Log2(x), zero = Vector512<double>.Zero;
        // 0 · ∞: a power of 1.
        Vector512<double> t = Vector512.ConditionalSelect(Vector512.Equals(logarithm, zero), zero, y * logarithm);
        // Beyond these the result is 0 or ∞ in fp32.
        t = Vector512.Min(Vector512.Max(t, Vector512.Create(-200.0)), Vector512.Create(200.0));
        Vector512<double> magic = Vector512.Create(RoundDouble), shifted = t + magic;
        Vector512<double> r = (t - (shifted - magic)) * Vector512.Create(0.6931471805599453);
        // e^r by its series: |r| is at most ln 2 / 2, so the term left out is below 7e-12.
        Vector512<double> p = Vector512.Create(1 / 362880.0);
        p = p * r + Vector512.Create(1 / 40320.0);
        p = p * r + Vector512.Create(1 / 5040.0);
        p = p * r + Vector512.Create(1 / 720.0);
        p = p * r + Vector512.Create(1 / 120.0);
        p = p * r + Vector512.Create(1 / 24.0);
        p = p * r + Vector512.Create(1 / 6.0);
        p = p * r + Vector512.Create(0.5);
        p = p * r + Vector512<double>.One;
        p = p * r + Vector512<double>.One;
        // The integer stands in the low bits of the shifted number.
        Vector512<double> scale = ((shifted.AsInt64() << 52) + Vector512.Create(1023L << 52)).AsDouble();
        return p * scale;
    }

    /// <summary>log2 x for x ≥ 0: -∞ for 0, ∞ for ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Log2(Vector512<double> x)
    {
        // x = 2^exponent · mantissa with a mantissa from √½ to √2. Every fp32 number is a normal double.
        Vector512<long> rootHalf = Vector512.Create(0x3FE6A09E667F3BCDL);
        Vector512<long> bits = x.AsInt64() - rootHalf;
        // The exponent as a double: in the low bits of 2^52 + 2^11, which keeps it positive.
        Vector512<long> integer = Vector512.Create(0x4330000000000800L);
        Vector512<double> exponent = (integer + (bits >> 52)).AsDouble() - integer.AsDouble();
        Vector512<double> mantissa = ((bits & Vector512.Create(0x000FFFFFFFFFFFFFL)) + rootHalf).AsDouble();
        Vector512<double> one = Vector512<double>.One, f = mantissa - one;
        // ln m = 2 artanh s with |s| at most 0.172: the term left out is below 3e-14 of the first.
        Vector512<double> s = f / (f + one + one), square = s * s;
        Vector512<double> p = Vector512.Create(1 / 15.0);
        p = p * square + Vector512.Create(1 / 13.0);
        p = p * square + Vector512.Create(1 / 11.0);
        p = p * square + Vector512.Create(1 / 9.0);
        p = p * square + Vector512.Create(1 / 7.0);
        p = p * square + Vector512.Create(1 / 5.0);
        p = p * square + Vector512.Create(1 / 3.0);
        p = p * square + one;
        Vector512<double> y = exponent + p * s * Vector512.Create(2.8853900817779268);     // 2 / ln 2
        Vector512<double> infinity = Vector512.Create(double.PositiveInfinity);
        y = Vector512.ConditionalSelect(Vector512.Equals(x, infinity), infinity, y);
        return Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<double>.Zero), -infinity, y);
    }
}
