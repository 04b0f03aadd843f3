namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether both hold, element by element; also written a &amp; b.</summary>
    /// <param name="a">Any shape that broadcasts with the other; bool.</param>
    /// <param name="b">Any shape that broadcasts with the other; bool.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: Boole, The Laws of Thought (1854). Numerics: exact. Error: 0: exact. Memory: nothing saved; no gradient
    /// flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = And(x &gt; 0, x &lt; 1);</code></example>
    public static Tensor<bool> And(Tensor<bool> a, Tensor<bool> b) =>
        Tensor<bool>.Apply(Primitives.And, Shape.Broadcast(a.Shape, b.Shape, "And"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive And = new("and", PrimitiveKind.Elementwise, "whether both hold", AndFacet());

    private static partial PrimitiveFacet AndFacet();
}
