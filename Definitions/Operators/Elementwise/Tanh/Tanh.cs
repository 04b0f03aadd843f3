namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The hyperbolic tangent of x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Muller, Elementary Functions (2016). Numerics: polynomial near 0, exponential elsewhere; ±1 for ±∞, NaN
    /// for NaN. Error: 5e-7 relative.
    /// Memory: the result. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Tanh(x);</code></example>
    public static Tensor Tanh(Tensor x) =>
        Tensor.Apply(Primitives.Tanh, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Tanh = new("tanh", PrimitiveKind.Elementwise, "hyperbolic tangent of x",
        TanhFacet(),
        d => [d.Dy * (1.0 - d.Out * d.Out)]);

    private static partial PrimitiveFacet TanhFacet();
}
