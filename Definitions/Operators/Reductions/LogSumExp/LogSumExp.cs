namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>ln Σ exp(x) over one axis, which stays with length 1: a smooth maximum.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none older than practice; see Blanchard, Higham and Higham, Accurately Computing the Log-Sum-Exp and
    /// Softmax Functions (2021). Numerics: fp32, the largest element subtracted first; -∞ of -∞ alone, with gradient 0;
    /// ∞ if any is ∞; NaN if any is NaN. Error: 2e-6 relative to the larger of 1 and |y|. Memory: its input, maxima and
    /// sums. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor total = LogSumExp(scores, -1);</code></example>
    public static Tensor LogSumExp(Tensor x, int axis) => LogSumExp(x, [axis]);

    /// <summary>ln Σ exp(x) over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: as over one axis. Numerics: as over one axis. Error: 2e-6 relative to the larger of 1 and |y|. Memory:
    /// its input, maxima and sums. Errors: MC1002 for an axis out of range, MC1114 where an axis is named twice or none
    /// is.
    /// </remarks>
    /// <example><code>Tensor total = LogSumExp(scores, [1, 2]);</code></example>
    public static Tensor LogSumExp(Tensor x, int[] axes)
    {
        using var scope = OperatorScope.Of(nameof(LogSumExp));
        Tensor largest = Detach(Max(x, axes));
        // ∞ - ∞ is NaN: where nothing or everything is infinite there is nothing to subtract.
        Tensor shift = Where(Abs(largest) < double.PositiveInfinity, largest, 0);
        Tensor sum = Sum(Exp(x - shift), axes);
        // A sum of 0 has the logarithm -∞, whose gradient would be 0 · ∞.
        Tensor<bool> isEmpty = Equal(sum, 0);
        return Where(isEmpty, double.NegativeInfinity, Log(Where(isEmpty, 1, sum)) + shift);
    }
}
