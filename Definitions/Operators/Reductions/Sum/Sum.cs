using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The sum over one axis, which stays with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32, sixteen partial results along the last axis; NaN if any is, or ∞ and -∞ meet.
    /// Error: 1e-6 ·
    /// √length relative to the sum of magnitudes.
    /// Memory: nothing. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor total = Sum(x, -1);</code></example>
    public static Tensor Sum(Tensor x, int axis) => Tensor.Apply(Primitives.Sum,
        new OperationAttributes { Axes = [x.Shape.Axis(axis)] }, x.Shape.With(axis, 1), x);

    /// <summary>The sum over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32, in a fixed order; NaN if any is, or ∞ and -∞ meet. Error: 1e-6 · √elements
    /// relative to the sum of magnitudes. Memory: nothing. Errors: MC1002 for an axis out of range, MC1114 where an
    /// axis is named twice or none is.
    /// </remarks>
    /// <example><code>Tensor total = Sum(image, [1, 2]);</code></example>
    public static Tensor Sum(Tensor x, int[] axes) => Over(x, axes, Sum);
}

public static partial class Primitives
{
    public static readonly Primitive Sum = new("sum", PrimitiveKind.Reduction, "sum over an axis", SumFacet(),
        d => [BroadcastTo(d.Dy, d.ShapeOf(0))]);

    private static partial PrimitiveFacet SumFacet();
}
