using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>A stretch of one axis.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="start">First index.</param>
    /// <param name="length">How many.</param>
    /// <returns>The shape of x with that axis of the given length; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, slicing. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1002 for an axis out of range, MC1011 for a stretch that leaves the axis.
    /// </remarks>
    /// <example><code>Tensor first = Slice(x, -1, 0, 64);</code></example>
    public static Tensor Slice(Tensor x, int axis, Dim start, Dim length)
    {
        int counted = x.Shape.Axis(axis);
        if (start.Minimum < 0 || (x.Shape[counted] - start - length).Minimum < 0)
            throw new ShapeException(
                $"Slice: {length} from {start} leaves axis {axis} of {x.Shape}, which has {x.Shape[counted]}", x)
                { Id = "MC1011" };
        return Tensor.Apply(Primitives.Slice, new OperationAttributes { Axes = [counted], Start = start },
            x.Shape.With(counted, length), x);
    }
}

public static partial class Primitives
{
    public static readonly Primitive Slice = new("slice", PrimitiveKind.View, "a stretch of one axis", SliceFacet(),
        d => [Pad(d.Dy, d.Attributes.Axes[0], d.Attributes.Start, d.ShapeOf(0)[d.Attributes.Axes[0]])]);

    private static partial PrimitiveFacet SliceFacet();
}
