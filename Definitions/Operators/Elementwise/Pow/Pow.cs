using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x to a constant power.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="exponent">A finite number.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019, section 9.2.1. Numerics: whole powers up to 8 by products, ±1/2 by roots, others as
    /// 2^(exponent · log2 x) in double; NaN where x is negative and the exponent no integer. Error: 5e-7 relative.
    /// Memory: its input. The gradient is exponent · x^(exponent - 1): at 0 it is 0 for exponents above 1 and ∞ for
    /// those between 0 and 1. Errors: MC1113 for an exponent that is not finite.
    /// </remarks>
    /// <example><code>Tensor y = Pow(x, 3);</code></example>
    public static Tensor Pow(Tensor x, double exponent)
    {
        using var scope = OperatorScope.Of(nameof(Pow));
        if (double.IsNaN(exponent) || double.IsInfinity(exponent))
            throw new ShapeException($"Pow: the exponent is {exponent}. Give a finite number") { Id = "MC1113" };
        double size = Math.Abs(exponent);
        if (size == 0) return BroadcastTo(1, x.Shape);
        if (size == 0.5) return exponent > 0 ? Sqrt(x) : Rsqrt(x);
        if (size <= 8 && size == Math.Floor(size))
        {
            Tensor power = WholePower(x, (int)size);
            return exponent > 0 ? power : 1 / power;
        }
        return Tensor.Apply(Primitives.Pow, x.Shape, x, Constant(exponent));
    }

    /// <summary>a to the power of b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019, section 9.2.1. Numerics: 2^(b · log2 a) in double; 1 where b is 0 or a is 1, NaN where a
    /// is negative and b no integer. Error: 5e-7 relative. Memory: both inputs and the result. The gradient of b is 0
    /// where a is 0 and b is not negative, as in PyTorch. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Pow(a, b);</code></example>
    public static Tensor Pow(Tensor a, Tensor b) =>
        Tensor.Apply(Primitives.Pow, Shape.Broadcast(a.Shape, b.Shape, "Pow"), a, b);

    /// <summary>By squares: x^5 = x · (x²)².</summary>
    static Tensor WholePower(Tensor x, int exponent)
    {
        if (exponent == 1) return x;
        Tensor half = WholePower(x, exponent / 2), square = half * half;
        return exponent % 2 == 0 ? square : x * square;
    }

    /// <summary>b · a^(b - 1), which is 0 and not 0 · ∞ where b is 0; and y · ln a.</summary>
    internal static Tensor?[] PowGradient(Differential d)
    {
        Tensor a = d.In(0), b = d.In(1);
        Tensor isConstant = Where(Equal(b, 0), 0, b * Pow(a, b - 1));
        Tensor isFlat = Where(And(Equal(a, 0), LessOrEqual(0, b)), 0, d.Out * Log(a));
        return [d.Like(d.Dy * isConstant, 0), d.Like(d.Dy * isFlat, 1)];
    }
}

public static partial class Primitives
{
    public static readonly Primitive Pow = new("pow", PrimitiveKind.Elementwise, "a to the power of b", PowFacet(),
        PowGradient);

    private static partial PrimitiveFacet PowFacet();
}
