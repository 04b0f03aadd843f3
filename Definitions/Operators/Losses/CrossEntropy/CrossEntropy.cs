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
        CheckLabels(nameof(CrossEntropy), logits, targets);
        Dim classes = logits.Shape[-1], rows = logits.Shape.Size / classes;
        Tensor flat = logits.Reshape(rows, classes);
        Tensor shift = Detach(Max(flat, -1));
        Tensor logSum = Log(Sum(Exp(flat - shift), -1)) + shift;
        return Mean(logSum - Picked(flat, targets.Reshape(rows, 1)), 0).Reshape();
    }

    /// <summary>
    /// The mean negative log-likelihood of those labels that count, in nats, with smoothed labels or weighted classes.
    /// </summary>
    /// <param name="logits">[.., V]; fp32, unnormalised log-probabilities.</param>
    /// <param name="targets">The shape of logits without its last axis; int in [0, V), or the ignored index.</param>
    /// <param name="ignoredIndex">A label that does not count, for instance of padding; not in [0, V).</param>
    /// <param name="labelSmoothing">In [0, 1): the share of probability that all classes are given alike.</param>
    /// <param name="classWeights">[V]; fp32, what a label of each class counts; null where all count 1.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: as without; smoothing by Szegedy et al., Rethinking the Inception Architecture, section 7 (2016).
    /// Numerics: as without; divided by the weights of the labels that count, and 0 with gradient 0 where none does.
    /// Error: 4e-6 relative. Memory: the logits, row maxima and sums. Errors: MC1107 where the shapes do not match,
    /// MC1119 for an ignored index that is a class or a smoothing outside [0, 1); a label out of range is an exception
    /// when run.
    /// </remarks>
    /// <example><code>Tensor loss = CrossEntropy(Logits(ids), targets, ignoredIndex: -100);</code></example>
    public static Tensor CrossEntropy(Tensor logits, Tensor<int> targets, int ignoredIndex = -100,
        double labelSmoothing = 0, Tensor? classWeights = null)
    {
        using var scope = OperatorScope.Of(nameof(CrossEntropy));
        CheckLabels(nameof(CrossEntropy), logits, targets);
        Dim classes = logits.Shape[-1], rows = logits.Shape.Size / classes;
        if (ignoredIndex >= 0 && ignoredIndex < classes.Maximum)
            throw new ShapeException($"CrossEntropy: ignoredIndex {ignoredIndex} is one of {classes} classes. Choose " +
                "a number that is no label, such as -100") { Id = "MC1119" };
        if (!(labelSmoothing >= 0 && labelSmoothing < 1))
            throw new ShapeException($"CrossEntropy: labelSmoothing is {labelSmoothing}. Give a number from 0 up to, " +
                "but not including, 1") { Id = "MC1119" };
        if (classWeights is not null && !classWeights.Shape.Equals(new Shape(classes)))
            throw new ShapeException($"CrossEntropy: class weights are {classWeights.Shape} but there are {classes} " +
                $"classes (logits: {logits.Shape}). Give them the shape [{classes}]", classWeights) { Id = "MC1107" };
        Tensor<int> labels = targets.Reshape(rows, 1);
        Tensor<bool> counts = NotEqual(Cast(labels), ignoredIndex);
        // A row that does not count may hold anything: 0 · NaN would be NaN, here and in the gradient.
        Tensor flat = Where(counts, logits.Reshape(rows, classes), 0);
        Tensor shift = Detach(Max(flat, -1));
        Tensor logSum = Log(Sum(Exp(flat - shift), -1)) + shift;
        Tensor<bool> isLabel = IsLabel(Range(classes), labels, ignoredIndex);
        Tensor weight = classWeights is null ? Cast(counts) : Sum(Where(isLabel, classWeights, 0), -1);
        Tensor cost = weight * (logSum - Sum(Where(isLabel, flat, 0), -1));
        if (labelSmoothing > 0)
        {
            Tensor all = classWeights is null ? logSum - Mean(flat, -1) : Mean(classWeights * (logSum - flat), -1);
            cost = (1 - labelSmoothing) * cost + labelSmoothing * all;
        }
        // No row at all is a loss of 0.
        Tensor total = Sum(Where(counts, cost, 0), 0), divisor = Sum(weight, 0);
        return (total / Where(Equal(divisor, 0), 1, divisor)).Reshape();
    }

    static void CheckLabels(string name, Tensor logits, Tensor<int> targets)
    {
        if (logits.Shape.Rank == 0 || !new Shape([.. targets.Shape.Dims, logits.Shape[-1]]).Equals(logits.Shape))
            throw new ShapeException(
                $"{name}: targets are {targets.Shape} but logits are {logits.Shape}; logits need the targets' " +
                    "axes and one more for the classes",
                targets) { Id = "MC1107" };
    }

    /// <summary>The logit of each row's label: [N, V], [N, 1] → [N, 1].</summary>
    static Tensor Picked(Tensor logits, Tensor<int> labels)
    {
        using var scope = OperatorScope.Of(nameof(Picked));
        return Sum(Where(IsLabel(Range(logits.Shape[-1]), labels), logits, 0), -1);
    }
}
