namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>exp(x) / Σ exp(x) over the last axis.</summary>
    /// <param name="x">[.., N]; fp32.</param>
    /// <returns>The shape of x; rows sum to 1; fp32.</returns>
    /// <remarks>
    /// Source: Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs (1990). Numerics: the
    /// row's largest element is subtracted first; fp32 sums; -∞ gets 0; a row with NaN or ∞, or of -∞ alone, is NaN.
    /// Error: 2e-6 relative. Memory: its input, the row maxima and sums. Errors: MC1002 for a scalar.
    /// </remarks>
    /// <example><code>Tensor p = Softmax(scores);</code></example>
    public static Tensor Softmax(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Softmax));
        Tensor e = Exp(x - Detach(Max(x, -1)));
        return e / Sum(e, -1);
    }
}
