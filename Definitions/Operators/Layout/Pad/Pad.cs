using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Zeros around a tensor along one axis.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="before">Zeros before the first element.</param>
    /// <param name="length">The length of the axis afterwards.</param>
    /// <returns>The shape of x with that axis of the given length; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, pad. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1011 where x does not fit.
    /// </remarks>
    /// <example><code>Tensor shifted = Pad(x, 1, 1, x.Length(1) + 1);</code></example>
    public static Tensor Pad(Tensor x, int axis, Dim before, Dim length)
    {
        int counted = x.Shape.Axis(axis);
        if (before.Minimum < 0 || (length - before - x.Shape[counted]).Minimum < 0)
            throw new ShapeException($"Pad: {x.Shape} does not fit behind {before} zeros into an axis of {length}",
                x) { Id = "MC1011" };
        return Tensor.Apply(Primitives.Pad, new OperationAttributes { Axes = [counted], Start = before },
            x.Shape.With(counted, length), x);
    }
}

public static partial class Primitives
{
    public static readonly Primitive Pad = new("pad", PrimitiveKind.Kernel, "zeros around one axis", PadFacet(),
        d => [Slice(d.Dy, d.Attributes.Axes[0], d.Attributes.Start, d.ShapeOf(0)[d.Attributes.Axes[0]])]);

    private static partial PrimitiveFacet PadFacet();
}
