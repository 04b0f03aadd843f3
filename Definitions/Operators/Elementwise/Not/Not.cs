namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a condition does not hold, element by element; also written !a.</summary>
    /// <param name="a">Any shape; bool.</param>
    /// <returns>The shape of a; bool.</returns>
    /// <remarks>
    /// Source: Boole, The Laws of Thought (1854). Numerics: exact. Error: 0: exact. Memory: nothing saved; no gradient
    /// flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = Not(x &gt; 0);</code></example>
    public static Tensor<bool> Not(Tensor<bool> a) => Tensor<bool>.Apply(Primitives.Not, a.Shape, a);
}

public static partial class Primitives
{
    public static readonly Primitive Not = new("not", PrimitiveKind.Elementwise, "whether a does not hold", NotFacet());

    private static partial PrimitiveFacet NotFacet();
}
