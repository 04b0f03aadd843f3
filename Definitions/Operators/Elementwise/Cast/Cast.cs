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

    /// <summary>1 where a condition holds, 0 elsewhere.</summary>
    /// <param name="x">Any shape; bool.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Iverson, A Programming Language (1962). Numerics: exact. Error: 0: exact.
    /// Memory: nothing saved; no gradient flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor isPositive = Cast(x &gt; 0);</code></example>
    public static Tensor Cast(Tensor<bool> x) => Where(x, 1, 0);
}

public static partial class Primitives
{
    public static readonly Primitive Cast = new("cast", PrimitiveKind.Elementwise, "an integer as a real number",
        CastFacet());

    private static partial PrimitiveFacet CastFacet();
}
