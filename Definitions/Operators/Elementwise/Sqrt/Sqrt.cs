namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The square root of x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; NaN below 0 and for NaN, ∞ for ∞. Error: 0: exact to the
    /// format. Memory: the result. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Sqrt(x);</code></example>
    public static Tensor Sqrt(Tensor x) =>
        Tensor.Apply(Primitives.Sqrt, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Sqrt = new("sqrt", PrimitiveKind.Elementwise, "square root of x", SqrtFacet(),
        d => [0.5 * d.Dy / d.Out]);

    private static partial PrimitiveFacet SqrtFacet();
}
