using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Neighbouring axes as one.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="first">The first of them; negative from the end.</param>
    /// <param name="last">The last of them; negative from the end.</param>
    /// <returns>The shape of x with those axes as their product; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, reshape. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis out
    /// of range, MC1121 where the last stands before the first.
    /// </remarks>
    /// <example><code>Tensor rows = Flatten(images, 1);</code></example>
    public static Tensor Flatten(Tensor x, int first = 0, int last = -1)
    {
        int from = x.Shape.Axis(first), to = x.Shape.Axis(last);
        if (from > to)
            throw new ShapeException(
                $"Flatten: axis {first} of {x.Shape} stands behind axis {last}. Give the first of " +
                "the axes first", x) { Id = "MC1121" };
        Dim product = x.Shape.Dims.Skip(from).Take(to - from + 1).Aggregate((Dim)1, (a, b) => a * b);
        return Reshape(x, new Shape([.. x.Shape.Dims.Take(from), product, .. x.Shape.Dims.Skip(to + 1)]));
    }
}
