using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Axes turned round: the last place first.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axes">Which, each once; negative from the end.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, flip. Numerics: nothing is computed. Error: 0. Memory: nothing. Errors: MC1002 for an axis out of
    /// range, MC1114 where an axis is named twice or none is.
    /// </remarks>
    /// <example><code>Tensor mirrored = Flip(images, -1);</code></example>
    public static Tensor Flip(Tensor x, params int[] axes) => Counted(x.Shape, axes).Aggregate(x, (turned, axis) =>
        Tensor.Apply(Primitives.Flip, new OperationAttributes { Axes = [axis] }, x.Shape, turned));
}

public static partial class Primitives
{
    public static readonly Primitive Flip = new("flip", PrimitiveKind.Kernel, "an axis turned round", FlipFacet(),
        d => [Flip(d.Dy, d.Attributes.Axes[0])]);

    private static partial PrimitiveFacet FlipFacet();
}
