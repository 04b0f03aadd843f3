using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// The largest over one axis, which stays with length 1; equal largest elements share the gradient.
    /// </summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32, sixteen partial results along the last axis; NaN if any is. Error: 0: exact.
    /// Memory: the input and the result. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor total = Max(x, -1);</code></example>
    public static Tensor Max(Tensor x, int axis) => Tensor.Apply(Primitives.Max,
        new OperationAttributes { Axes = [x.Shape.Axis(axis)] }, x.Shape.With(axis, 1), x);

    /// <summary>The largest over several axes, which stay with length 1.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which axes, each once; negative from the end.</param>
    /// <returns>The shape of x with those axes of length 1; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: as over one axis. Error: 0: exact. Memory: the input and the results of each axis.
    /// Errors: MC1002 for an axis out of range, MC1114 where an axis is named twice or none is.
    /// </remarks>
    /// <example><code>Tensor largest = Max(image, [1, 2]);</code></example>
    public static Tensor Max(Tensor x, int[] axes) => Over(x, axes, Max);
}

public static partial class Primitives
{
    public static readonly Primitive Max = new("max", PrimitiveKind.Reduction, "largest over an axis", MaxFacet(),
        d => [SharedAmongLargest(d)]);

    private static partial PrimitiveFacet MaxFacet();

    static Tensor SharedAmongLargest(Differential d)
    {
        Tensor isLargest = Where(Equal(d.In(0), d.Out), 1, 0);
        return isLargest * (d.Dy / Sum(isLargest, d.Attributes.Axes[0]));
    }
}
