using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The sums of everything up to each place along an axis, that place included.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <param name="reversed">Whether to sum from the last place down instead.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, cumsum. Numerics: in double, each sum rounded to fp32, in order of the axis. Error: 1e-7 relative
    /// to the sum of magnitudes. Memory: nothing. Errors: MC1002 for an axis out of range.
    /// </remarks>
    /// <example><code>Tensor total = CumulativeSum(x, -1);</code></example>
    public static Tensor CumulativeSum(Tensor x, int axis, bool reversed = false) => Tensor.Apply(
        Primitives.CumulativeSum, new OperationAttributes { Axes = [x.Shape.Axis(axis)], Number = reversed ? 1 : 0 },
        x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive CumulativeSum = new("cumulative_sum", PrimitiveKind.Kernel,
        "sums of everything up to each place of an axis; number 1: from the end", CumulativeSumFacet(),
        d => [CumulativeSum(d.Dy, d.Attributes.Axes[0], d.Attributes.Number == 0)]);

    private static partial PrimitiveFacet CumulativeSumFacet();
}
