namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x · σ(x), σ the logistic function; also called swish.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units for Neural Network Function Approximation
    /// (2018). Numerics: fp32; ∞ for ∞, NaN for -∞ (-∞ · 0, as in PyTorch) and for NaN. Error: 1e-6 relative to the
    /// larger of 1 and |x|. Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Silu(gate.Forward(x));</code></example>
    public static Tensor Silu(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Silu));
        return x * Sigmoid(x);
    }
}
