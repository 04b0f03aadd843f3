using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Elementary functions of 16 numbers at once.</summary>
/// <remarks>
/// Polynomials interpolate the function in the Chebyshev nodes of their interval. Errors are in units in the last place
/// from the exact result, the largest found among one in a thousand of all fp32 numbers, rounded up. Nothing branches,
/// so time does not depend on values.
/// </remarks>
public static partial class VectorMath
{
    const float Log2E = 1.44269504f;
    const float LogTwoHigh = 0.693359375f;        // 355 / 512: its product with an exponent is exact
    const float LogTwoLow = -2.12194440e-4f;      // ln 2 - 355 / 512
    const float RoundToInteger = 12582912f;       // 1.5 · 2^23: a number added to it loses its fraction

    /// <summary>[16] lanes: e to the power of x.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32: 0 for -∞ and below -104, denormals where they belong, ∞ above 88.73, NaN for NaN.</returns>
    /// <remarks>
    /// Source: Cody and Waite, Software Manual for the Elementary Functions, 1980, ch. 6. Error: 1 ulp.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Outside of these bounds the result is 0 or ∞ anyway; the comparison is written so that NaN gets through.
        x = Bound(x, -105f, 89f);
        Vector512<float> tail = Reduce(x, out Vector512<int> exponent);
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> y = Fma(ExpTail(tail) * tail, tail, tail) + one;
        // In two steps, since 2^exponent alone may be no normal number.
        Vector512<int> half = exponent >> 1;
        return y * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>[16] lanes: the natural logarithm of x.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32: -∞ for 0 and -0, NaN for negative numbers and NaN, ∞ for ∞.</returns>
    /// <remarks>
    /// Source: Cody and Waite, 1980, ch. 5, with a polynomial in place of the quotient. Error: 1 ulp, denormals
    /// included.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        // Denormals become normal.
        Vector512<float> isTiny = Vector512.LessThan(x, Vector512.Create(1.17549435e-38f));
        Vector512<float> scaled = Vector512.ConditionalSelect(isTiny, x * Vector512.Create(8388608f), x);
        Vector512<int> offset =
            Vector512.ConditionalSelect(isTiny.AsInt32(), Vector512.Create(-23), Vector512<int>.Zero);
        // x = 2^exponent · mantissa with a mantissa from √½ to √2, so that numbers just below 1 need no cancellation.
        Vector512<int> rootHalf = Vector512.Create(0x3F3504F3);
        Vector512<int> shifted = scaled.AsInt32() - rootHalf;
        Vector512<float> exponent = Vector512.ConvertToSingle((shifted >> 23) + offset);
        Vector512<float> f = ((shifted & Vector512.Create(0x007FFFFF)) + rootHalf).AsSingle() - Vector512<float>.One;
        Vector512<float> p = Vector512.Create(0.06971611f);
        p = Fma(p, f, Vector512.Create(-0.11479734f));
        p = Fma(p, f, Vector512.Create(0.1168542f));
        p = Fma(p, f, Vector512.Create(-0.12425687f));
        p = Fma(p, f, Vector512.Create(0.14249058f));
        p = Fma(p, f, Vector512.Create(-0.16667802f));
        p = Fma(p, f, Vector512.Create(0.20000716f));
        p = Fma(p, f, Vector512.Create(-0.24999997f));
        p = Fma(p, f, Vector512.Create(0.3333333f));
        Vector512<float> square = f * f;
        Vector512<float> y = Fma(p * f, square, exponent * Vector512.Create(LogTwoLow));
        y = Fma(square, Vector512.Create(-0.5f), y) + f;
        y = Fma(exponent, Vector512.Create(LogTwoHigh), y);
        Vector512<float> infinity = Vector512.Create(float.PositiveInfinity);
        y = Vector512.ConditionalSelect(Vector512.LessThan(x, infinity), y, x);     // ∞ and NaN stay what they are
        y = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512.Create(float.NaN), y);
        return Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<float>.Zero), -infinity, y);
    }

    /// <summary>[16] lanes: the hyperbolic tangent of x.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32 in [-1, 1], with the sign of x; NaN for NaN.</returns>
    /// <remarks>
    /// Source: tanh x = (e^2x - 1) / (e^2x + 1), with e^2x - 1 computed as one function, so that small x lose nothing.
    /// Error: 3 ulp.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> sign = x & Vector512.Create(-0f);
        Vector512<float> magnitude = Vector512.Abs(x);
        // From 9.01 on the result rounds to 1.
        Vector512<float> tail = Reduce(Bound(magnitude + magnitude, 0f, 20f), out Vector512<int> exponent);
        Vector512<float> scale = PowerOfTwo(exponent), one = Vector512<float>.One;
        Vector512<float> lessOne = Fma(Fma(ExpTail(tail) * tail, tail, tail), scale, scale - one);
        return lessOne / (lessOne + one + one) | sign;
    }

    /// <summary>[16] lanes: the error function, 2/√π ∫ e^(-t²) dt from 0 to x.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32 in [-1, 1], with the sign of x; NaN for NaN.</returns>
    /// <remarks>
    /// Source: below 0.9 a polynomial in x², above it 1 - e^p(x), where p interpolates ln erfc, which is nearly a
    /// parabola. Error: 2 ulp.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        Vector512<float> sign = x & Vector512.Create(-0f);
        Vector512<float> t = Bound(Vector512.Abs(x), 0f, 3.95f);    // from 3.92 on the result rounds to 1
        Vector512<float> square = t * t;
        Vector512<float> near = Vector512.Create(8.5294013e-05f);
        near = Fma(near, square, Vector512.Create(-0.0008179632f));
        near = Fma(near, square, Vector512.Create(0.005204227f));
        near = Fma(near, square, Vector512.Create(-0.026860665f));
        near = Fma(near, square, Vector512.Create(0.11283718f));
        near = Fma(near, square, Vector512.Create(-0.37612635f));
        near = Fma(near, square, Vector512.Create(0.12837917f));
        near = Fma(near, t, t);
        Vector512<float> far = Vector512.Create(1.6589021e-06f);
        far = Fma(far, t, Vector512.Create(-4.6455236e-05f));
        far = Fma(far, t, Vector512.Create(0.0005998597f));
        far = Fma(far, t, Vector512.Create(-0.0047724346f));
        far = Fma(far, t, Vector512.Create(0.026453158f));
        far = Fma(far, t, Vector512.Create(-0.1101281f));
        far = Fma(far, t, Vector512.Create(-0.631784466f));
        far = Fma(far, t, Vector512.Create(-1.1302519f));
        far = Fma(far, t, Vector512.Create(0.00032318563f));
        Vector512<float> tail = Reduce(far, out Vector512<int> exponent);
        Vector512<float> scale = PowerOfTwo(exponent), one = Vector512<float>.One;
        // 1 - e^far, with e^far = scale + scale · (e^tail - 1).
        far = (one - scale) - Fma(ExpTail(tail) * tail, tail, tail) * scale;
        return Vector512.ConditionalSelect(Vector512.LessThan(t, Vector512.Create(0.9f)), near, far) | sign;
    }

    /// <summary>[16] lanes: 1 / √x.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32: ∞ for 0, 0 for ∞, NaN for negative numbers and NaN.</returns>
    /// <remarks>A root and a quotient, both correctly rounded. Error: 1.5 ulp.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ReciprocalSqrt(Vector512<float> x) => Vector512<float>.One / Vector512.Sqrt(x);

    /// <summary>
    /// x = exponent · ln 2 + tail, where the tail is at most half of ln 2. x is at most some hundreds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Reduce(Vector512<float> x, out Vector512<int> exponent)
    {
        Vector512<float> magic = Vector512.Create(RoundToInteger);
        Vector512<float> shifted = Fma(x, Vector512.Create(Log2E), magic);
        Vector512<float> rounded = shifted - magic;
        exponent = shifted.AsInt32() - magic.AsInt32();
        return Fma(rounded, Vector512.Create(-LogTwoLow), Fma(rounded, Vector512.Create(-LogTwoHigh), x));
    }

    /// <summary>(e^r - 1 - r) / r² for |r| up to half of ln 2, within 8e-10 of e^r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> ExpTail(Vector512<float> r)
    {
        Vector512<float> p = Vector512.Create(0.000198912684f);
        p = Fma(p, r, Vector512.Create(0.00139339f));
        p = Fma(p, r, Vector512.Create(0.0083333107f));
        p = Fma(p, r, Vector512.Create(0.041666463f));
        p = Fma(p, r, Vector512.Create(0.16666667f));
        return Fma(p, r, Vector512.Create(0.5f));
    }

    /// <summary>2^exponent for the exponents of normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> PowerOfTwo(Vector512<int> exponent) =>
        ((exponent + Vector512.Create(127)) << 23).AsSingle();

    /// <summary>x, but no less than one bound and no more than the other; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Bound(Vector512<float> x, float low, float high)
    {
        Vector512<float> least = Vector512.Create(low), most = Vector512.Create(high);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, least), least, x);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, most), most, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    /// <summary>Multiples of 2^-24 in [0, 1): <see cref="Randomness.Uniform"/> for sixteen elements.</summary>
    /// <param name="index">Each element's place in its tensor, row-major.</param>
    /// <param name="key0">First half of the pass's key.</param>
    /// <param name="key1">Second half of the pass's key.</param>
    /// <param name="draw">The number of the call within the pass.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RandomUniform(Vector512<int> index, int key0, int key1, int draw)
    {
        const uint Factor = 1664525, Term = 1013904223, Weyl = 0x9E3779B9;
        Vector512<uint> x = index.AsUInt32() * Factor + Vector512.Create(Term);
        Vector512<uint> y = Vector512.Create(((uint)key0 + (uint)draw * Weyl) * Factor + Term);
        Vector512<uint> z = Vector512.Create((uint)(key1 ^ draw) * Factor + Term);
        x += y * z;
        y += z * x;
        z += x * y;
        x ^= x >>> 16;
        y ^= y >>> 16;
        z ^= z >>> 16;
        x += y * z;
        y += z * x;
        z += x * y;
        return Vector512.ConvertToSingle((z >>> 8).AsInt32()) * (1f / (1 << 24));
    }
}
