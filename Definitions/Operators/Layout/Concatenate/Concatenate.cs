using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Tensors one after another along an axis.</summary>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="parts">Any shapes, at least one, equal but for that axis; fp32.</param>
    /// <returns>The shape of the parts with the sum of their lengths along the axis; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, concatenate. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1012 where other axes differ.
    /// </remarks>
    /// <example><code>Tensor both = Concatenate(-1, forward, backward);</code></example>
    public static Tensor Concatenate(int axis, params Tensor[] parts)
    {
        if (parts.Length == 0) throw new ShapeException(
            "Concatenate: there is nothing to concatenate; give at least one tensor") { Id = "MC1012" };
        int counted = parts[0].Shape.Axis(axis);
        foreach (Tensor part in parts)
            if (part.Shape.Rank != parts[0].Shape.Rank
                || !part.Shape.With(counted, 1).Equals(parts[0].Shape.With(counted, 1)))
                throw new ShapeException($"Concatenate: {part.Shape} and {parts[0].Shape} differ in more than axis " +
                    $"{axis}", part) { Id = "MC1012" };
        Dim length = parts.Aggregate((Dim)0, (sum, part) => sum + part.Shape[counted]);
        return Tensor.Apply(Primitives.Concatenate, new OperationAttributes { Axes = [counted] },
            parts[0].Shape.With(counted, length), parts);
    }

    /// <summary>The gradient of each part: its stretch of the whole's.</summary>
    internal static Tensor?[] SplitLike(Differential d)
    {
        int axis = d.Attributes.Axes[0];
        Dim start = 0;
        var gradients = new Tensor?[d.Count];
        for (int i = 0; i < d.Count; i++)
        {
            Dim length = d.ShapeOf(i)[axis];
            gradients[i] = Slice(d.Dy, axis, start, length);
            start += length;
        }
        return gradients;
    }
}

public static partial class Primitives
{
    public static readonly Primitive Concatenate = new("concatenate", PrimitiveKind.Kernel,
        "one after another along an axis",
        ConcatenateFacet(), SplitLike);

    private static partial PrimitiveFacet ConcatenateFacet();
}
