using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>An axis in equal parts.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="count">How many; divides the axis.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>So many tensors, each with the shape of x and that axis a count-th as long; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, chunk, but for a remainder, which is refused. Numerics: nothing is computed. Error: 0. Memory:
    /// nothing. Errors: MC1002 for an axis out of range, MC1122 where the count does not divide the axis.
    /// </remarks>
    /// <example><code>Tensor[] gates = Chunk(x, 4);</code></example>
    public static Tensor[] Chunk(Tensor x, int count, int axis = -1)
    {
        Dim length = x.Shape[axis];
        if (count < 1 || !length.IsMultipleOf(count))
            throw new ShapeException(
                $"Chunk: axis {axis} of {x.Shape} is {length}, which does not divide into {count} " +
                "equal parts. Choose a count that divides it, or use Split", x) { Id = "MC1122" };
        return Split(x, axis, [.. Enumerable.Repeat(length / count, count)]);
    }
}
