namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The natural logarithm of x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Muller, Elementary Functions (2016), chapter 11. Numerics: range reduction by powers of two, polynomial;
    /// -∞ for 0, NaN below 0 and for NaN, ∞ for ∞. Error: 5e-7 relative.
    /// Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Log(x);</code></example>
    public static Tensor Log(Tensor x) =>
        Tensor.Apply(Primitives.Log, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Log = new("log", PrimitiveKind.Elementwise, "natural logarithm of x", LogFacet(),
        d => [d.Dy / d.In(0)]);

    private static partial PrimitiveFacet LogFacet();
}
