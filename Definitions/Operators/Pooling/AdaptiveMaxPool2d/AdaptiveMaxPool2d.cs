namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The largest elements of so many windows that cover an image.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="height">Rows of the result; at least 1.</param>
    /// <param name="width">Columns of the result; at least 1.</param>
    /// <returns>[B, C, height, width]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, adaptive_max_pool2d: window i has the rows ⌊i H / height⌋ to ⌈(i + 1) H / height⌉. Numerics:
    /// exact; NaN where the window has one. The gradient goes to the first of equal elements. Error: 0: exact.
    /// Memory: its input. Errors: MC1143 for images that may be empty, MC1145 for numbers out of range, MC1146 for axes
    /// that are no images.
    /// </remarks>
    /// <example><code>Tensor y = AdaptiveMaxPool2d(x, 1, 1);</code></example>
    public static Tensor AdaptiveMaxPool2d(Tensor x, int height, int width)
    {
        using var scope = OperatorScope.Of(nameof(AdaptiveMaxPool2d));
        PoolingWindow window = PoolingWindow.Adaptive(nameof(AdaptiveMaxPool2d), x, height, width);
        return Largest(nameof(AdaptiveMaxPool2d), window, x);
    }
}
