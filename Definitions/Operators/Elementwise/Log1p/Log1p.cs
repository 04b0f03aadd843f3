using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The natural logarithm of 1 + x, exact also where x is small.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Hewlett-Packard, HP-15C Advanced Functions Handbook (1982). Numerics: fp32; -∞ for -1, NaN below and for
    /// NaN, ∞ for ∞. Error: 3e-7 relative. Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Log1p(x);</code></example>
    public static Tensor Log1p(Tensor x) => Tensor.Apply(Primitives.Log1p, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Log1p = new("log1p", PrimitiveKind.Elementwise,
        "natural logarithm of 1 + x", Log1pFacet(),
        d => [d.Dy / (1 + d.In(0))]);

    private static partial PrimitiveFacet Log1pFacet();
}
