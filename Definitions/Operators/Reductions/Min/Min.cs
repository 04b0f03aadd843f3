namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// The smallest over one axis, which stays with length 1; equal smallest elements share the gradient.
    /// </summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32, as the negated maximum of -x; NaN if any is. Error: 0: exact. Memory: the input
    /// and the result. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor least = Min(x, -1);</code></example>
    public static Tensor Min(Tensor x, int axis)
    {
        using var scope = OperatorScope.Of(nameof(Min));
        return -Max(-x, axis);
    }

    /// <summary>The smallest over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: as over one axis. Error: 0: exact. Memory: the input and the results of each axis.
    /// Errors: MC1002 for an axis out of range, MC1114 where an axis is named twice or none is.
    /// </remarks>
    /// <example><code>Tensor least = Min(x, [1, 2]);</code></example>
    public static Tensor Min(Tensor x, int[] axes)
    {
        using var scope = OperatorScope.Of(nameof(Min));
        return -Max(-x, axes);
    }
}
