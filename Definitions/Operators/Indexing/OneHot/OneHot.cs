namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Rows of zeros with a 1 at each label.</summary>
    /// <param name="labels">Any shape; int in [0, classes).</param>
    /// <param name="classes">Length of the new last axis; a constant.</param>
    /// <returns>The shape of labels with one more axis, the classes; fp32.</returns>
    /// <remarks>
    /// Source: Suits and Bartlett's dummy variables (1957). Numerics: nothing is computed. Error: 0. Memory: nothing.
    /// Errors: a label out of range is an exception when run.
    /// </remarks>
    /// <example><code>Tensor rows = OneHot(labels, 10);</code></example>
    public static Tensor OneHot(Tensor<int> labels, int classes)
    {
        using var scope = OperatorScope.Of(nameof(OneHot));
        return Where(IsLabel(Range(classes), labels.Reshape([.. labels.Shape.Dims, 1])), 1, 0);
    }
}
