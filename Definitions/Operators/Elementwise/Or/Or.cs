namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether at least one holds, element by element; also written a | b.</summary>
    /// <param name="a">Any shape that broadcasts with the other; bool.</param>
    /// <param name="b">Any shape that broadcasts with the other; bool.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: Boole, The Laws of Thought (1854). Numerics: exact. Error: 0: exact. Memory: nothing saved; no gradient
    /// flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = Or(x &gt; 0, x &lt; 1);</code></example>
    public static Tensor<bool> Or(Tensor<bool> a, Tensor<bool> b) =>
        Tensor<bool>.Apply(Primitives.Or, Shape.Broadcast(a.Shape, b.Shape, "Or"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Or = new("or", PrimitiveKind.Elementwise, "whether either holds", OrFacet());

    private static partial PrimitiveFacet OrFacet();
}
