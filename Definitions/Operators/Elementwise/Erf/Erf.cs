using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The error function of x, 2/√π ∫₀ˣ exp(-t²) dt.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1. Numerics: rational and
    /// exponential pieces; ±1 for ±∞, NaN for NaN. Error: 5e-7 relative.
    /// Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Erf(x);</code></example>
    public static Tensor Erf(Tensor x) =>
        Tensor.Apply(Primitives.Erf, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Erf = new("erf", PrimitiveKind.Elementwise, "error function of x", ErfFacet(),
        d => [d.Dy * (1.1283791670955126 * Exp(-(d.In(0) * d.In(0))))]);

    private static partial PrimitiveFacet ErfFacet();
}
