using System;
using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The axes in another order.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">For each axis of the result, the axis of x it shows; each once.</param>
    /// <returns>The lengths in that order; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, transpose. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1006 where an axis is missing or named twice.
    /// </remarks>
    /// <example><code>Tensor y = Permute(x, 0, 2, 1, 3);</code></example>
    public static Tensor Permute(Tensor x, params int[] axes)
    {
        int[] counted = [.. axes.Select(x.Shape.Axis)];
        if (counted.Length != x.Shape.Rank || counted.Distinct().Count() != counted.Length)
            throw new ShapeException($"Permute: [{string.Join(", ", axes)}] does not name each of the {x.Shape.Rank} " +
                $"axes of {x.Shape} once", x)
                { Id = "MC1006" };
        return Tensor.Apply(Primitives.Permute, new OperationAttributes { Axes = counted },
            new Shape([.. counted.Select(a => x.Shape[a])]), x);
    }
}

public static partial class Primitives
{
    public static readonly Primitive Permute = new("permute", PrimitiveKind.View, "the axes in another order",
        PermuteFacet(),
        d => [Permute(d.Dy, [.. Enumerable.Range(0, d.Attributes.Axes.Length)
            .Select(a => Array.IndexOf(d.Attributes.Axes, a))])]);

    private static partial PrimitiveFacet PermuteFacet();
}
