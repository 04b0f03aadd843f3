using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Adds each number to where its window of an image is largest: what max pooling's gradient is.
    /// </summary>
    /// <param name="x">[B, C, H, W]; fp32. No gradient flows to it.</param>
    /// <param name="dy">[B, C, ⌊(H + 2 padding - kernel) / stride⌋ + 1, ..]; fp32.</param>
    /// <param name="kernel">Rows and columns of a window; at least 1.</param>
    /// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">
    /// Rows and columns on each side that are never the largest; at most half of the kernel.
    /// </param>
    /// <returns>[B, C, H, W]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32 sums in the order of dy; of equal elements the first counts, and NaN before any
    /// number. Error: 1e-6 relative to the same of magnitudes.
    /// Memory: x. Errors: those of <see cref="MaxPool2d"/>, and MC1146 where dy is of another shape.
    /// </remarks>
    /// <example><code>Tensor dx = MaxPoolSpread2d(x, dy, 2);</code></example>
    public static Tensor MaxPoolSpread2d(Tensor x, Tensor dy, int kernel, int stride = 0, int padding = 0)
    {
        PoolingWindow window = PoolingWindow.Of(nameof(MaxPoolSpread2d), x, kernel, kernel,
            stride == 0 ? kernel : stride, stride == 0 ? kernel : stride, padding, padding, false);
        Shape pooled = window.Pooled(nameof(MaxPoolSpread2d), x);
        if (!dy.Shape.Equals(pooled)) throw new ShapeException(
            $"MaxPoolSpread2d: dy is {dy.Shape}, but pooling {x.Shape} gives {pooled}. Make them equal", dy)
            { Id = "MC1146" };
        return Tensor.Apply(Primitives.MaxPoolSpread2d, window.Attributes, x.Shape, x, dy);
    }
}

public static partial class Primitives
{
    public static readonly Primitive MaxPoolSpread2d = new("max_pool_spread2d", PrimitiveKind.Kernel,
        "numbers added to where their windows are largest", MaxPoolSpread2dFacet(),
        MaxPoolSpread2dGradient);

    static Tensor?[] MaxPoolSpread2dGradient(Differential d) =>
        [null, Tensor.Apply(MaxPoolPick2d, d.Attributes, d.ShapeOf(1), d.In(0), d.Dy)];

    private static partial PrimitiveFacet MaxPoolSpread2dFacet();
}
