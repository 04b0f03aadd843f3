namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a is greater than or equal to b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; does not hold where either is NaN. Error: 0: exact. Memory: nothing
    /// saved; no gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; c = GreaterOrEqual(a, b);</code></example>
    public static Tensor<bool> GreaterOrEqual(Tensor a, Tensor b) => LessOrEqual(b, a);

    /// <inheritdoc cref="GreaterOrEqual(Tensor, Tensor)"/>
    public static Tensor<bool> GreaterOrEqual(Tensor<int> a, Tensor<int> b) => LessOrEqual(b, a);
}
