using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The sine of x radians.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Cody and Waite, Software Manual for the Elementary Functions, ch. 8 (1980). Numerics: fp32, the multiple
    /// of π/2 taken away in double; NaN for ±∞ and NaN. Error: 3e-7 relative, for arguments of any size. Memory: its
    /// input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Sin(x);</code></example>
    public static Tensor Sin(Tensor x) => Tensor.Apply(Primitives.Sin, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Sin = new("sin", PrimitiveKind.Elementwise, "sine of x radians", SinFacet(),
        d => [d.Dy * Cos(d.In(0))]);

    private static partial PrimitiveFacet SinFacet();
}
