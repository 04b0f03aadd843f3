namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The part of the labels that has the largest score; a metric beside a loss.</summary>
    /// <param name="scores">[.., V]; fp32: logits, or anything else that grows with them.</param>
    /// <param name="labels">The shape of scores without its last axis; int.</param>
    /// <returns>[]; fp32, in [0, 1].</returns>
    /// <remarks>
    /// Source: none. Numerics: of equal scores the first counts, as in ArgMax; a row with NaN counts as its first NaN.
    /// Error: 1e-6. Memory: the places of the largest scores; no gradient flows. Errors: MC1107 where the shapes do not
    /// match.
    /// </remarks>
    /// <example><code>return (CrossEntropy(scores, labels), Accuracy(scores, labels));</code></example>
    public static Tensor Accuracy(Tensor scores, Tensor<int> labels)
    {
        using var scope = OperatorScope.Of(nameof(Accuracy));
        return Mean(Cast(IsRight(scores, labels)), 0).Reshape();
    }

    /// <summary>The part of those labels that count that has the largest score.</summary>
    /// <param name="scores">[.., V]; fp32: logits, or anything else that grows with them.</param>
    /// <param name="labels">The shape of scores without its last axis; int.</param>
    /// <param name="ignoredIndex">A label that does not count, as that of CrossEntropy.</param>
    /// <returns>[]; fp32, in [0, 1]; 0 where no label counts.</returns>
    /// <remarks>
    /// Source: none. Numerics: as without. Error: 1e-6. Memory: as without. Errors: MC1107 where the shapes do not
    /// match.
    /// </remarks>
    /// <example><code>Tensor found = Accuracy(scores, masked, ignoredIndex: -100);</code></example>
    public static Tensor Accuracy(Tensor scores, Tensor<int> labels, int ignoredIndex)
    {
        using var scope = OperatorScope.Of(nameof(Accuracy));
        Tensor<bool> isRight = IsRight(scores, labels);
        Tensor counts = Cast(NotEqual(Cast(labels.Reshape(labels.Shape.Size)), ignoredIndex));
        return (Sum(Cast(isRight) * counts, 0) / Maximum(Sum(counts, 0), 1)).Reshape();
    }

    /// <summary>[N]: whether each label has the largest score.</summary>
    static Tensor<bool> IsRight(Tensor scores, Tensor<int> labels)
    {
        CheckLabels(nameof(Accuracy), scores, labels);
        Dim rows = labels.Shape.Size, classes = scores.Shape[-1];
        return Equal(ArgMax(scores.Reshape(rows, classes), -1).Reshape(rows), labels.Reshape(rows));
    }
}
