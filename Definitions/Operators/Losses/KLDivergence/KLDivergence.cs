namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean over rows of Σ target · (ln target - logProbability) over the last axis, in nats.</summary>
    /// <param name="logProbabilities">[.., V]; fp32, of the model, for instance a LogSoftmax.</param>
    /// <param name="targets">The shape of logProbabilities; fp32, the probabilities that rows should have.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Kullback and Leibler, On Information and Sufficiency (1951). Numerics: fp32; 0 where the target is 0.
    /// Error: 2e-6 relative to the mean of Σ |target · ln target| + |target · logProbability|. Memory: both inputs.
    /// Errors: MC1117 where the shapes differ.
    /// </remarks>
    /// <example><code>Tensor loss = KLDivergence(LogSoftmax(student), Softmax(teacher));</code></example>
    public static Tensor KLDivergence(Tensor logProbabilities, Tensor targets)
    {
        using var scope = OperatorScope.Of(nameof(KLDivergence));
        CheckTarget(nameof(KLDivergence), logProbabilities, targets);
        if (targets.Shape.Rank == 0)
            throw new ShapeException(
                "KLDivergence: one number is no distribution. Give both an axis of probabilities", targets)
                { Id = "MC1117" };
        // 0 · ln 0 is 0, and so is its gradient.
        Tensor<bool> isLikely = targets > 0;
        Tensor logTargets = Log(Where(isLikely, targets, 1));
        Tensor divergence = Where(isLikely, targets * (logTargets - logProbabilities), 0);
        return Mean(Sum(divergence, -1));
    }
}
