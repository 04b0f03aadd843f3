namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x, in (0, 1); fp32.</returns>
    /// <remarks>
    /// Source: Verhulst (1838); here as (1 + tanh(x / 2)) / 2, which overflows nowhere. Numerics: fp32; 0 and 1 for -∞
    /// and ∞, NaN for NaN. Error: 1e-6 absolute.
    /// Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor gate = Sigmoid(x);</code></example>
    public static Tensor Sigmoid(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Sigmoid));
        return 0.5 + 0.5 * Tanh(0.5 * x);
    }
}
