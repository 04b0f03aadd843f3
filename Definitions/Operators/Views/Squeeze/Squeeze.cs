using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>An axis of length 1 less.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x without that axis; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, squeeze. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis out
    /// of range, MC1120 where the axis is not 1 long.
    /// </remarks>
    /// <example><code>Tensor y = Squeeze(Sum(x, -1), -1);</code></example>
    public static Tensor Squeeze(Tensor x, int axis)
    {
        int counted = x.Shape.Axis(axis);
        if (x.Shape[counted] != 1)
            throw new ShapeException(
                $"Squeeze: axis {axis} of {x.Shape} is {x.Shape[counted]} long, not 1. Reduce it " +
                "first, or take one place with Slice", x) { Id = "MC1120" };
        return Reshape(x, new Shape([.. x.Shape.Dims.Where((_, a) => a != counted)]));
    }
}
