namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The means of so many windows that cover an image.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="height">Rows of the result; at least 1.</param>
    /// <param name="width">Columns of the result; at least 1.</param>
    /// <returns>[B, C, height, width]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, adaptive_avg_pool2d: window i has the rows ⌊i H / height⌋ to ⌈(i + 1) H / height⌉. Numerics:
    /// fp32 sum, then one product. Error: 1e-6 relative to the mean magnitude.
    /// Memory: nothing. Errors: MC1143 for images that may be empty, MC1145 for numbers out of range, MC1146 for axes
    /// that are no images.
    /// </remarks>
    /// <example><code>Tensor y = AdaptiveAveragePool2d(x, 1, 1);</code></example>
    public static Tensor AdaptiveAveragePool2d(Tensor x, int height, int width)
    {
        using var scope = OperatorScope.Of(nameof(AdaptiveAveragePool2d));
        PoolingWindow window = PoolingWindow.Adaptive(nameof(AdaptiveAveragePool2d), x, height, width);
        return Average(nameof(AdaptiveAveragePool2d), window, x);
    }
}
