using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of every window of an image.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="kernel">Rows and columns of a window; at least 1.</param>
    /// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">Rows and columns of zeros on each side; at most half of the kernel.</param>
    /// <param name="countsPadding">Whether these zeros count as elements of a window.</param>
    /// <returns>[B, C, ⌊(H + 2 padding - kernel) / stride⌋ + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998); lengths as in PyTorch's
    /// avg_pool2d. Numerics: fp32 sum, then one product. Error: 1e-6 relative to the mean magnitude.
    /// Memory: nothing. Errors: MC1143 for a window larger than the image, MC1144 for a dim that may not be divisible
    /// by the stride, MC1145 for numbers out of range, MC1146 for axes that are no images.
    /// </remarks>
    /// <example><code>Tensor half = AveragePool2d(x, 2);</code></example>
    public static Tensor AveragePool2d(Tensor x, int kernel, int stride = 0, int padding = 0, bool countsPadding = true)
    {
        PoolingWindow window = PoolingWindow.Of(nameof(AveragePool2d), x, kernel, kernel, stride == 0 ? kernel : stride,
            stride == 0 ? kernel : stride, padding, padding, countsPadding);
        return Average(nameof(AveragePool2d), window, x);
    }

    static Tensor Average(string name, PoolingWindow window, Tensor x) =>
        Tensor.Apply(Primitives.AveragePool2d, window.Attributes, window.Pooled(name, x), x);
}

public static partial class Primitives
{
    public static readonly Primitive AveragePool2d = new("average_pool2d", PrimitiveKind.Kernel,
        "the mean of each window", AveragePool2dFacet(),
        AveragePool2dGradient);

    static Tensor?[] AveragePool2dGradient(Differential d) =>
        [Tensor.Apply(AveragePoolSpread2d, d.Attributes, d.ShapeOf(0), d.Dy)];

    private static partial PrimitiveFacet AveragePool2dFacet();
}
