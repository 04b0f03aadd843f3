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
