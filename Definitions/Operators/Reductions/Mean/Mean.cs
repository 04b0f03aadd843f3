namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean over one axis, which stays with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32 sum, then one division; NaN if any is, or ∞ and -∞ meet. Error: 1e-6 · √length
    /// relative to the mean magnitude. Memory: nothing.
    /// Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor mean = Mean(x, -1);</code></example>
    public static Tensor Mean(Tensor x, int axis)
    {
        using var scope = OperatorScope.Of(nameof(Mean));
        return Sum(x, axis) / Value(x.Shape[axis]);
    }

    /// <summary>The mean of all elements: what most losses end with.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32 sums over one axis after another, from the last, then one division; NaN if any is,
    /// or ∞ and -∞ meet. Error: 1e-6 · √length relative to the
    /// mean magnitude. Memory: nothing. Errors: none.
    /// </remarks>
    /// <example><code>Tensor loss = Mean(error * error);</code></example>
    public static Tensor Mean(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Mean));
        Tensor sum = x;
        for (int axis = x.Shape.Rank - 1; axis >= 0; axis--) sum = Sum(sum, axis);
        return (sum / Value(x.Shape.Size)).Reshape();
    }

    /// <summary>The mean over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32 sum, then one division; NaN if any is, or ∞ and -∞ meet. Error: 1e-6 · √elements
    /// relative to the mean magnitude. Memory: nothing. Errors: MC1002 for an axis out of range, MC1114 where an axis
    /// is named twice or none is.
    /// </remarks>
    /// <example><code>Tensor mean = Mean(image, [1, 2]);</code></example>
    public static Tensor Mean(Tensor x, int[] axes)
    {
        using var scope = OperatorScope.Of(nameof(Mean));
        return Sum(x, axes) / Value(CountOver(x.Shape, axes));
    }
}
