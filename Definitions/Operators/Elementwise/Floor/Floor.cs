namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The largest whole number that is not above x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; ±∞ and NaN stay. Error: 0: exact. Memory: nothing saved; no gradient
    /// flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Floor(x);</code></example>
    public static Tensor Floor(Tensor x) => Tensor.Apply(Primitives.Floor, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Floor = new("floor", PrimitiveKind.Elementwise,
        "largest integer up to x", FloorFacet());

    private static partial PrimitiveFacet FloorFacet();
}
