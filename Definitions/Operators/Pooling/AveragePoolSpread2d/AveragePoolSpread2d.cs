using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Shares each number out among the elements of its window: what average pooling's gradient is.
    /// </summary>
    /// <param name="dy">[B, C, ⌊(H + 2 padding - kernel) / stride⌋ + 1, ..]; fp32.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="kernel">Rows and columns of a window; at least 1.</param>
    /// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">Rows and columns of zeros on each side; at most half of the kernel.</param>
    /// <param name="countsPadding">Whether these zeros get a share, which is lost.</param>
    /// <returns>[B, C, H, W]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32 products, summed in the order of dy. Error: 1e-6 relative to the same of
    /// magnitudes.
    /// Memory: nothing. Errors: MC1145 for numbers out of range, MC1146 where dy is not what pooling [B, C, H, W]
    /// gives.
    /// </remarks>
    /// <example><code>Tensor dx = AveragePoolSpread2d(dy, 8, 8, 2);</code></example>
    public static Tensor AveragePoolSpread2d(Tensor dy, Dim height, Dim width, int kernel, int stride = 0,
        int padding = 0, bool countsPadding = true)
    {
        PoolingWindow window = PoolingWindow.Of(nameof(AveragePoolSpread2d), dy, kernel, kernel,
            stride == 0 ? kernel : stride, stride == 0 ? kernel : stride, padding, padding, countsPadding);
        if (dy.Shape.Rank != 4) throw new ShapeException(
            $"AveragePoolSpread2d: dy is {dy.Shape}; it must have axes of images, channels and places. Reshape it", dy)
            { Id = "MC1146" };
        var shape = new Shape(dy.Shape[0], dy.Shape[1], height, width);
        if (!window.Pools(shape, dy.Shape)) throw new ShapeException(
            $"AveragePoolSpread2d: dy is {dy.Shape}, which pooling {shape} with a kernel of {kernel}, stride " +
                $"{window.StrideHeight} and padding {padding} does not give", dy) { Id = "MC1146" };
        return Tensor.Apply(Primitives.AveragePoolSpread2d, window.Attributes, shape, dy);
    }
}

public static partial class Primitives
{
    public static readonly Primitive AveragePoolSpread2d = new("average_pool_spread2d", PrimitiveKind.Kernel,
        "each number shared out among its window", AveragePoolSpread2dFacet(),
        AveragePoolSpread2dGradient);

    static Tensor?[] AveragePoolSpread2dGradient(Differential d) =>
        [Tensor.Apply(AveragePool2d, d.Attributes, d.ShapeOf(0), d.Dy)];

    private static partial PrimitiveFacet AveragePoolSpread2dFacet();
}
