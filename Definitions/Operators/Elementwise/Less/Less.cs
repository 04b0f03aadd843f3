namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a is less than b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; does not hold where either is NaN. Error: 0: exact.
    /// Memory: nothing saved; no gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; below = Less(a, b);</code></example>
    public static Tensor<bool> Less(Tensor a, Tensor b) =>
        Tensor<bool>.Apply(Primitives.Less, Shape.Broadcast(a.Shape, b.Shape, "Less"), a, b);

    /// <inheritdoc cref="Less(Tensor, Tensor)"/>
    public static Tensor<bool> Less(Tensor<int> a, Tensor<int> b) =>
        Tensor<bool>.Apply(Primitives.Less, Shape.Broadcast(a.Shape, b.Shape, "Less"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Less = new("less", PrimitiveKind.Elementwise, "whether a is below b", LessFacet());

    private static partial PrimitiveFacet LessFacet();
}
