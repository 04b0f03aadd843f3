namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x - ln Σ exp(x) over the last axis: the logarithm of a softmax, without its underflow.</summary>
    /// <param name="x">[.., N]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: as Softmax; see Blanchard, Higham and Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions
    /// (2021). Numerics: the row's largest element is subtracted first; fp32 sums; -∞ stays; a row with NaN or ∞, or of
    /// -∞ alone, is NaN. Error: 2e-6 relative to the larger of 1 and |y|. Memory: its input, the row maxima and sums.
    /// Errors: MC1002 for a scalar.
    /// </remarks>
    /// <example><code>Tensor logProbabilities = LogSoftmax(scores);</code></example>
    public static Tensor LogSoftmax(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(LogSoftmax));
        Tensor shifted = x - Detach(Max(x, -1));
        return shifted - Log(Sum(Exp(shifted), -1));
    }
}
