namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Integers as real numbers.</summary>
    /// <param name="x">Any shape; int.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: rounded to nearest above 2^24. Error: 0 below 2^24.
    /// Memory: nothing saved; no gradient flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Cast(Range(8));</code></example>
    public static Tensor Cast(Tensor<int> x) => Tensor.Apply(Primitives.Cast, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Cast = new("cast", PrimitiveKind.Elementwise, "an integer as a real number",
        CastFacet());

    private static partial PrimitiveFacet CastFacet();
}
