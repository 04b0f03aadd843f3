using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Consecutive stretches of an axis.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="lengths">How long each is; together the axis.</param>
    /// <returns>As many tensors as lengths, each with the shape of x and that axis of its length; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, split. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis out
    /// of range, MC1122 where the lengths are not the axis.
    /// </remarks>
    /// <example><code>Tensor[] parts = Split(x, -1, 64, 192);</code></example>
    public static Tensor[] Split(Tensor x, int axis, params Dim[] lengths)
    {
        Dim length = x.Shape[axis], sum = lengths.Aggregate((Dim)0, (a, b) => a + b);
        if (sum != length)
            throw new ShapeException($"Split: lengths {string.Join(" + ", lengths)} are {sum}, but axis {axis} of " +
                $"{x.Shape} is {length}. Give lengths with that sum", x) { Id = "MC1122" };
        var parts = new Tensor[lengths.Length];
        Dim start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Slice(x, axis, start, lengths[i]);
            start += lengths[i];
        }
        return parts;
    }
}
