namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean negative log-likelihood of labels, in nats.</summary>
    /// <param name="logits">[.., V]; fp32, unnormalised log-probabilities.</param>
    /// <param name="targets">The shape of logits without its last axis; int in [0, V).</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Bridle (1990); Goodfellow, Bengio and Courville, Deep Learning, section 6.2 (2016). Numerics:
    /// log-sum-exp with the row's largest element subtracted; fp32; ∞ where a target's logit is -∞, NaN where a row
    /// holds NaN or ∞. Error: 2e-6 relative. Memory: the logits, row maxima and sums.
    /// Errors: MC1107 where the shapes do not match; a label out of range is an exception when run.
    /// </remarks>
    /// <example><code>Tensor loss = CrossEntropy(Logits(ids), targets);</code></example>
    public static Tensor CrossEntropy(Tensor logits, Tensor<int> targets)
    {
        using var scope = OperatorScope.Of(nameof(CrossEntropy));
        if (logits.Shape.Rank == 0 || !new Shape([.. targets.Shape.Dims, logits.Shape[-1]]).Equals(logits.Shape))
            throw new ShapeException(
                $"CrossEntropy: targets are {targets.Shape} but logits are {logits.Shape}; logits need the targets' " +
                    "axes and one more for the classes",
                targets) { Id = "MC1107" };
        Dim classes = logits.Shape[-1], rows = logits.Shape.Size / classes;
        Tensor flat = logits.Reshape(rows, classes);
        Tensor shift = Detach(Max(flat, -1));
        Tensor logSum = Log(Sum(Exp(flat - shift), -1)) + shift;
        return Mean(logSum - Picked(flat, targets.Reshape(rows, 1)), 0).Reshape();
    }

    /// <summary>The logit of each row's label: [N, V], [N, 1] → [N, 1].</summary>
    static Tensor Picked(Tensor logits, Tensor<int> labels)
    {
        using var scope = OperatorScope.Of(nameof(Picked));
        return Sum(Where(IsLabel(Range(logits.Shape[-1]), labels), logits, 0), -1);
    }
}
