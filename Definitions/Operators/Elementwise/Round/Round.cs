namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The whole number nearest to x; of two the even one.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019, roundTiesToEven. Numerics: exact; ±∞ and NaN stay. Error: 0: exact. Memory: nothing
    /// saved; no gradient flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Round(x);</code></example>
    public static Tensor Round(Tensor x) => Tensor.Apply(Primitives.Round, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Round = new("round", PrimitiveKind.Elementwise,
        "nearest integer, ties to even", RoundFacet());

    private static partial PrimitiveFacet RoundFacet();
}
