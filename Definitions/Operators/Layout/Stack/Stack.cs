using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Tensors of one shape along a new axis.</summary>
    /// <param name="axis">Where the result has it; negative from the end of the result.</param>
    /// <param name="parts">Any shapes, at least one, all equal; fp32.</param>
    /// <returns>The shape of the parts with that axis as long as they are many; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, stack. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis out
    /// of range, MC1012 where shapes differ.
    /// </remarks>
    /// <example><code>Tensor pair = Stack(0, first, second);</code></example>
    public static Tensor Stack(int axis, params Tensor[] parts)
    {
        if (parts.Length == 0) throw new ShapeException(
            "Stack: there is nothing to stack; give at least one tensor") { Id = "MC1012" };
        foreach (Tensor part in parts)
            if (!part.Shape.Equals(parts[0].Shape))
                throw new ShapeException(
                    $"Stack: {part.Shape} and {parts[0].Shape} differ. Give tensors of one shape, " +
                    "or use Concatenate", part) { Id = "MC1012" };
        return Concatenate(axis, [.. parts.Select(part => Unsqueeze(part, axis))]);
    }
}
