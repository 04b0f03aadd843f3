namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>-1, 0 or 1, as x is below, at or above 0; no gradient flows.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019 comparisons. Numerics: exact; -0 for -0, NaN for NaN. Error: 0: exact. Memory: nothing
    /// saved; no gradient flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Sign(x);</code></example>
    public static Tensor Sign(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Sign));
        // What is neither above nor below 0 is 0, -0 or NaN, and stays itself.
        return Where(x > 0, 1, Where(x < 0, -1, Detach(x)));
    }
}
