using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Of every window of an image the value that stands where the image is largest: with x itself for values, max
    /// pooling.
    /// </summary>
    /// <param name="x">[B, C, H, W]; fp32. No gradient flows to it.</param>
    /// <param name="values">The shape of x; fp32.</param>
    /// <param name="kernel">Rows and columns of a window; at least 1.</param>
    /// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">
    /// Rows and columns on each side that are never the largest; at most half of the kernel.
    /// </param>
    /// <returns>[B, C, ⌊(H + 2 padding - kernel) / stride⌋ + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: nothing is computed; of equal elements the first counts, and NaN before any number.
    /// Error: 0: exact.
    /// Memory: x. Errors: those of <see cref="MaxPool2d"/>, and MC1146 where values are of another shape.
    /// </remarks>
    /// <example><code>Tensor picked = MaxPoolPick2d(x, values, 2);</code></example>
    public static Tensor MaxPoolPick2d(Tensor x, Tensor values, int kernel, int stride = 0, int padding = 0)
    {
        PoolingWindow window = PoolingWindow.Of(nameof(MaxPoolPick2d), x, kernel, kernel, stride == 0 ? kernel : stride,
            stride == 0 ? kernel : stride, padding, padding, false);
        if (!values.Shape.Equals(x.Shape)) throw new ShapeException(
            $"MaxPoolPick2d: values are {values.Shape}, but x is {x.Shape}. Make them equal", values) { Id = "MC1146" };
        return Tensor.Apply(Primitives.MaxPoolPick2d, window.Attributes, window.Pooled(nameof(MaxPoolPick2d), x), x,
            values);
    }
}

public static partial class Primitives
{
    public static readonly Primitive MaxPoolPick2d = new("max_pool_pick2d", PrimitiveKind.Kernel,
        "of each window the value where the image is largest", MaxPoolPick2dFacet(),
        MaxPoolPick2dGradient);

    static Tensor?[] MaxPoolPick2dGradient(Differential d) =>
        [null, Tensor.Apply(MaxPoolSpread2d, d.Attributes, d.ShapeOf(0), d.In(0), d.Dy)];

    private static partial PrimitiveFacet MaxPoolPick2dFacet();
}
