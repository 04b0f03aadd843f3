namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a is greater than b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; does not hold where either is NaN. Error: 0: exact. Memory: nothing
    /// saved; no gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = Greater(a, b);</code></example>
    public static Tensor<bool> Greater(Tensor a, Tensor b) => Less(b, a);

    /// <inheritdoc cref="Greater(Tensor, Tensor)"/>
    public static Tensor<bool> Greater(Tensor<int> a, Tensor<int> b) => Less(b, a);
}
