namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean square distance from the mean over one axis, which stays with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="unbiased">
    /// Whether to divide by one less than the length (Bessel): the estimate from a sample.
    /// </param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: Welford's warning against E[x²] - E[x]² (1962); here in two passes, the mean first. Numerics: fp32; NaN
    /// where an unbiased variance is taken of one element, or any is NaN or ∞. Error: 2e-6 · √length relative to the
    /// mean square. Memory: its input and the mean. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor spread = Variance(x, -1);</code></example>
    public static Tensor Variance(Tensor x, int axis, bool unbiased = false) => Variance(x, [axis], unbiased);

    /// <summary>The mean square distance from the mean over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <param name="unbiased">Whether to divide by one less than the number of elements (Bessel).</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: as over one axis. Numerics: as over one axis. Error: 2e-6 · √elements relative to the mean square.
    /// Memory: its input and the mean. Errors: MC1002 for an axis out of range, MC1114 where an axis is named twice or
    /// none is.
    /// </remarks>
    /// <example><code>Tensor spread = Variance(image, [1, 2]);</code></example>
    public static Tensor Variance(Tensor x, int[] axes, bool unbiased = false)
    {
        using var scope = OperatorScope.Of(nameof(Variance));
        Tensor centered = x - Mean(x, axes);
        Dim count = CountOver(x.Shape, axes);
        return Sum(centered * centered, axes) / Value(unbiased ? count - 1 : count);
    }
}
