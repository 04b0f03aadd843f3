namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a is other than b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; holds where either is NaN. Error: 0: exact. Memory: nothing saved; no
    /// gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = NotEqual(a, b);</code></example>
    public static Tensor<bool> NotEqual(Tensor a, Tensor b) => Not(Equal(a, b));

    /// <inheritdoc cref="NotEqual(Tensor, Tensor)"/>
    public static Tensor<bool> NotEqual(Tensor<int> a, Tensor<int> b) => Not(Equal(a, b));
}
