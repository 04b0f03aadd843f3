namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a is less than or equal to b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; does not hold where either is NaN. Error: 0: exact.
    /// Memory: nothing saved; no gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; atMost = LessOrEqual(a, b);</code></example>
    public static Tensor<bool> LessOrEqual(Tensor a, Tensor b) =>
        Tensor<bool>.Apply(Primitives.LessOrEqual, Shape.Broadcast(a.Shape, b.Shape, "LessOrEqual"), a, b);

    /// <inheritdoc cref="LessOrEqual(Tensor, Tensor)"/>
    public static Tensor<bool> LessOrEqual(Tensor<int> a, Tensor<int> b) =>
        Tensor<bool>.Apply(Primitives.LessOrEqual, Shape.Broadcast(a.Shape, b.Shape, "LessOrEqual"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive LessOrEqual = new("less_or_equal", PrimitiveKind.Elementwise,
        "whether a is at most b", LessOrEqualFacet());

    private static partial PrimitiveFacet LessOrEqualFacet();
}
