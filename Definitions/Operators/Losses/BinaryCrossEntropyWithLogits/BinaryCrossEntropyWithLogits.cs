namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean negative log-likelihood of yes or no, in nats, of many questions at once.</summary>
    /// <param name="logits">Any shape; fp32, the logarithm of the odds of yes.</param>
    /// <param name="targets">The shape of logits; fp32 in [0, 1], the probability of yes.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Cox, The Regression Analysis of Binary Sequences (1958). Numerics: t · ln(1 + exp(-z)) + (1 - t) · ln(1
    /// + exp(z)), which neither overflows nor subtracts; NaN where a logit is infinite. Error: 2e-6 relative. Memory:
    /// both inputs. Errors: MC1117 where the shapes differ.
    /// </remarks>
    /// <example><code>Tensor loss = BinaryCrossEntropyWithLogits(Forward(x), y);</code></example>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor targets)
    {
        using var scope = OperatorScope.Of(nameof(BinaryCrossEntropyWithLogits));
        CheckTarget(nameof(BinaryCrossEntropyWithLogits), logits, targets);
        return Mean(targets * Softplus(-logits) + (1 - targets) * Softplus(logits));
    }
}
