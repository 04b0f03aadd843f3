namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>1 / √x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; ∞ for 0, 0 for ∞, NaN below 0 and for NaN. Error: 1 ulp of
    /// fp32. Memory: the result. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Rsqrt(x);</code></example>
    public static Tensor Rsqrt(Tensor x) =>
        Tensor.Apply(Primitives.Rsqrt, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Rsqrt = new("rsqrt", PrimitiveKind.Elementwise, "1 / square root of x",
        RsqrtFacet(),
        d => [-0.5 * d.Dy * d.Out * d.Out * d.Out]);

    private static partial PrimitiveFacet RsqrtFacet();
}
