using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

public static partial class VectorMath
{
    const double HalfPiHigh = 1.5707963267341256;         // π/2 to 33 bits: its product with a quadrant is exact
    const double HalfPiLow = 6.077100506506192e-11;       // π/2 - HalfPiHigh
    const double TwoOverPi = 0.6366197723675814;
    const double RoundDouble = 6755399441055744.0;        // 1.5 · 2^52: a number added to it loses its fraction
    const float LargestReduced = 524288f;                 // quadrants beyond have more than the 20 bits that are left

    /// <summary>[16] lanes: the sine of x radians.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32 in [-1, 1], with the sign of x for ±0; NaN for ±∞ and NaN.</returns>
    /// <remarks>
    /// Source: Cody and Waite, 1980, ch. 8, with the multiple of π/2 taken away in double. Error: 2 ulp. Beyond
    /// 524,288 = 2^19 a lane is computed by <see cref="Math.Sin"/>, which is slow: there such a number is rounded to
    /// 1/32 of a radian, and its sine says little.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sin(Vector512<float> x)
    {
        Vector512<float> r = ReduceAngle(x, out Vector512<int> quadrant);
        Vector512<float> y = OfQuadrant(r, quadrant);
        y = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<float>.Zero), x, y);
        return IsFar(x) ? Far(x, y, isCosine: false) : y;
    }

    /// <summary>[16] lanes: the cosine of x radians.</summary>
    /// <param name="x">Any; fp32.</param>
    /// <returns>fp32 in [-1, 1]; NaN for ±∞ and NaN.</returns>
    /// <remarks>
    /// Source: as <see cref="Sin"/>. Error: 2 ulp; beyond 2^19 by <see cref="Math.Cos"/>.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Cos(Vector512<float> x)
    {
        Vector512<float> r = ReduceAngle(x, out Vector512<int> quadrant);
        Vector512<float> y = OfQuadrant(r, quadrant + Vector512<int>.One);
        return IsFar(x) ? Far(x, y, isCosine: true) : y;
    }

    /// <summary>x = quadrant · π/2 + r with |r| at most a little over π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> ReduceAngle(Vector512<float> x, out Vector512<int> quadrant)
    {
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(x);
        low = ReduceAngle(low, out Vector512<double> lowQuadrant);
        high = ReduceAngle(high, out Vector512<double> highQuadrant);
        quadrant = Vector512.ConvertToInt32(Vector512.Narrow(lowQuadrant, highQuadrant));
        return Vector512.Narrow(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> ReduceAngle(Vector512<double> x, out Vector512<double> quadrant)
    {
        Vector512<double> magic = Vector512.Create(RoundDouble);
        quadrant = x * Vector512.Create(TwoOverPi) + magic - magic;
        return x - quadrant * Vector512.Create(HalfPiHigh) - quadrant * Vector512.Create(HalfPiLow);
    }

    /// <summary>sin r, cos r, -sin r, -cos r for quadrants 0, 1, 2, 3 of every four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> OfQuadrant(Vector512<float> r, Vector512<int> quadrant)
    {
        Vector512<float> square = r * r, half = Vector512.Create(-0.5f), one = Vector512<float>.One;
        Vector512<float> sine = Vector512.Create(2.7249896e-06f);
        sine = Fma(sine, square, Vector512.Create(-0.00019840087f));
        sine = Fma(sine, square, Vector512.Create(0.00833333191f));
        sine = Fma(sine, square, Vector512.Create(-0.166666672f));
        sine = Fma(sine * square, r, r);
        Vector512<float> cosine = Vector512.Create(-2.73009334e-07f);
        cosine = Fma(cosine, square, Vector512.Create(2.48005999e-05f));
        cosine = Fma(cosine, square, Vector512.Create(-0.00138888881f));
        cosine = Fma(cosine, square, Vector512.Create(0.0416666679f));
        cosine = Fma(Fma(cosine, square, half), square, one);
        Vector512<int> isOdd = Vector512.Equals(quadrant & Vector512<int>.One, Vector512<int>.One);
        Vector512<int> sign = (quadrant & Vector512.Create(2)) << 30;
        return Vector512.ConditionalSelect(isOdd.AsSingle(), cosine, sine) ^ sign.AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsFar(Vector512<float> x) =>
        Vector512.GreaterThanAny(Vector512.Abs(x), Vector512.Create(LargestReduced));

    /// <summary>y, but in lanes of a large x the scalar function's: what a lane gives depends on it alone.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<float> Far(Vector512<float> x, Vector512<float> y, bool isCosine)
    {
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
        {
            double angle = x.GetElement(lane);
            if (Math.Abs(angle) > LargestReduced)
                y = y.WithElement(lane, (float)(isCosine ? Math.Cos(angle) : Math.Sin(angle)));
        }
        return y;
    }
}
