#pragma warning disable xUnit1025 // rows of 0 and -0 are two
using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>The errors that the documentation promises, in units in the last place of the exact result, and the special values.</summary>
public sealed class VectorMathTests
{
    const uint Step = 10_007;           // 430,000 of all patterns; a prime, so that no bit is the same in all
    const uint CoarseStep = 100_003;    // where the reference is a series

    delegate Vector512<float> Function(Vector512<float> x);

    [Fact]
    public void Exp_IsWithin1Ulp() => Check(VectorMath.Exp, Math.Exp, 1, SampledFloats.Every(Step), SampledFloats.Between(-105, 90, 200_000));

    [Fact]
    public void Log_IsWithin1Ulp() => Check(VectorMath.Log, Math.Log, 1, SampledFloats.Every(Step), SampledFloats.Between(0.4f, 2.2f, 200_000));

    [Fact]
    public void Tanh_IsWithin3Ulp() => Check(VectorMath.Tanh, Math.Tanh, 3, SampledFloats.Every(Step), SampledFloats.Between(-10, 10, 200_000));

    [Fact]
    public void Erf_IsWithin2Ulp() => Check(VectorMath.Erf, ErrorFunction, 2, SampledFloats.Every(CoarseStep), SampledFloats.Between(-4.5f, 4.5f, 20_000));

    [Fact]
    public void ReciprocalSqrt_IsWithin1AndAHalfUlp() => Check(VectorMath.ReciprocalSqrt, x => 1 / Math.Sqrt(x), 1.5, SampledFloats.Every(Step), SampledFloats.Between(0.2f, 5, 200_000));

    [Fact]
    public void Sin_IsWithin2Ulp() =>
        Check(VectorMath.Sin, Math.Sin, 2, SampledFloats.Every(Step), SampledFloats.Between(-7, 7, 200_000), SampledFloats.Between(-1e5f, 6e5f, 200_000));

    [Fact]
    public void Cos_IsWithin2Ulp() =>
        Check(VectorMath.Cos, Math.Cos, 2, SampledFloats.Every(Step), SampledFloats.Between(-7, 7, 200_000), SampledFloats.Between(-1e5f, 6e5f, 200_000));

    [Fact]
    public void Log1p_IsWithin2Ulp() => Check(VectorMath.Log1p, Log1p, 2, SampledFloats.Every(Step), SampledFloats.Between(-1, 2, 200_000));

    [Fact]
    public void Softplus_IsWithin3Ulp() => Check(VectorMath.Softplus, x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), 3, SampledFloats.Every(Step),
        SampledFloats.Between(-30, 30, 200_000));

    [Theory]
    [InlineData(0.3f)]
    [InlineData(1.5f)]
    [InlineData(-2.7f)]
    [InlineData(17f)]
    [InlineData(-0.01f)]
    [InlineData(3f)]
    [InlineData(0f)]
    [InlineData(-0f)]
    [InlineData(1e9f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Pow_IsWithin1Ulp(float power)
    {
        Check(x => VectorMath.Pow(x, Vector512.Create(power)), x => Math.Pow(x, power), 1, SampledFloats.Every(Step), SampledFloats.Between(0.4f, 2.2f, 50_000));
        Check(y => VectorMath.Pow(Vector512.Create(power), y), y => Math.Pow(power, y), 1, SampledFloats.Every(Step), SampledFloats.Between(-40, 40, 50_000));
    }

    [Theory]
    [InlineData(-1f, 3f, -1f)]
    [InlineData(-1f, float.PositiveInfinity, 1f)]
    [InlineData(-2f, 0.5f, float.NaN)]
    [InlineData(float.NegativeInfinity, 3f, float.NegativeInfinity)]
    [InlineData(float.NegativeInfinity, 0.5f, float.PositiveInfinity)]
    [InlineData(-0f, -3f, float.NegativeInfinity)]
    [InlineData(-0f, 2f, 0f)]
    [InlineData(float.NaN, 0f, 1f)]
    [InlineData(1f, float.NaN, 1f)]
    [InlineData(float.NaN, 1f, float.NaN)]
    public void Pow_HasItsSpecialValues(float x, float y, float expected) =>
        Assert.Equal(expected, VectorMath.Pow(Vector512.Create(x), Vector512.Create(y)).GetElement(3));

    /// <summary>What a lane gives depends on nothing but what it is given, also beside one that is computed another way.</summary>
    [Fact]
    public void SinAndCos_OfALaneDependOnItAlone()
    {
        foreach (Function function in new Function[] { VectorMath.Sin, VectorMath.Cos })
            foreach (float x in SampledFloats.Between(-20, 20, 100))
                Assert.Equal(One(function, x), function(Vector512.Create(x).WithElement(0, 1e20f)).GetElement(5));
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-105f, 0f)]
    [InlineData(0f, 1f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Exp_HasItsSpecialValues(float x, float expected) => Assert.Equal(expected, One(VectorMath.Exp, x));

    [Theory]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(-1f, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(1f, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Log_HasItsSpecialValues(float x, float expected) => Assert.Equal(expected, One(VectorMath.Log, x));

    [Theory]
    [InlineData(0f, float.PositiveInfinity)]
    [InlineData(-1f, float.NaN)]
    [InlineData(float.PositiveInfinity, 0f)]
    [InlineData(4f, 0.5f)]
    [InlineData(float.NaN, float.NaN)]
    public void ReciprocalSqrt_HasItsSpecialValues(float x, float expected) => Assert.Equal(expected, One(VectorMath.ReciprocalSqrt, x));

    [Fact]
    public void TanhAndErf_AreOddAndReachOneExactly()
    {
        foreach (Function function in new Function[] { VectorMath.Tanh, VectorMath.Erf })
        {
            Assert.Equal(1f, One(function, float.PositiveInfinity));
            Assert.Equal(-1f, One(function, float.NegativeInfinity));
            Assert.Equal(float.NaN, One(function, float.NaN));
            Assert.Equal(0x80000000, BitConverter.SingleToUInt32Bits(One(function, -0f)));
            foreach (float x in SampledFloats.Between(0, 12, 5_000))
            {
                float y = One(function, x);
                Assert.Equal(-y, One(function, -x));
                Assert.False(Math.Abs(y) > 1, $"{x} gives {y}");
            }
        }
    }

    /// <summary>ln(1 + x) in double: what rounding 1 + x lost is put back.</summary>
    static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : u == 0 || double.IsInfinity(u) ? Math.Log(u) : Math.Log(u) + (x - (u - 1)) / u;
    }

    static float One(Function function, float x) => function(Vector512.Create(x)).GetElement(5);

    static void Check(Function function, Func<double, double> exact, double bound, params float[][] samples)
    {
        double worst = 0;
        float where = 0;
        foreach (float[] numbers in samples)
            for (int i = 0; i < numbers.Length; i += 16)
            {
                Vector512<float> y = function(Vector512.Create(numbers, i));
                for (int lane = 0; lane < 16; lane++)
                {
                    double error = Ulps(exact(numbers[i + lane]), y.GetElement(lane));
                    if (error > worst || double.IsNaN(error)) (worst, where) = (error, numbers[i + lane]);
                    if (double.IsNaN(error)) Assert.Fail($"f({where:r}) is {y.GetElement(lane)}, expected {exact(where)}");
                }
            }
        Assert.True(worst <= bound, $"f({where:r}) is {One(function, where):r}, expected {exact(where):r}: {worst:f2} ulp, more than {bound}");
    }

    /// <summary>How far a result is off, in distances between the fp32 numbers around the exact one; NaN where it is of another kind.</summary>
    static double Ulps(double exact, float actual)
    {
        if (double.IsNaN(exact) || float.IsNaN(actual)) return double.IsNaN(exact) && float.IsNaN(actual) ? 0 : double.NaN;
        if (double.IsInfinity(exact)) return exact == actual ? 0 : double.NaN;
        double unit = Math.ScaleB(1, Math.Max(-149, exact == 0 ? -149 : Math.ILogB(exact) - 23));
        // ∞ stands for the number after the largest, 2^128, as in rounding.
        double value = float.IsInfinity(actual) ? Math.CopySign(Math.ScaleB(1, 128), actual) : actual;
        return Math.Abs(Math.Clamp(exact, -Math.ScaleB(1, 128), Math.ScaleB(1, 128)) - value) / unit;
    }

    /// <summary>2/√π · e^(-x²) · Σ 2^n x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign, so nothing cancels.</summary>
    static double ErrorFunction(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x, square = x * x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++) sum += term *= 2 * square / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }
}
