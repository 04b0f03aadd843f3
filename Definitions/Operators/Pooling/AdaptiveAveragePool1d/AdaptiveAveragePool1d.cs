namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The means of so many windows that cover a sequence.</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="length">Elements of the result; at least 1.</param>
    /// <returns>[B, C, length]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, adaptive_avg_pool1d: window i has the elements ⌊i T / length⌋ to ⌈(i + 1) T / length⌉.
    /// Numerics: fp32 sum, then one product. Error: 1e-6 relative to the mean magnitude.
    /// Memory: nothing. Errors: MC1140 for axes that are no sequences, MC1143 for sequences that may be empty, MC1145
    /// for numbers out of range.
    /// </remarks>
    /// <example><code>Tensor y = AdaptiveAveragePool1d(x, 1);</code></example>
    public static Tensor AdaptiveAveragePool1d(Tensor x, int length)
    {
        using var scope = OperatorScope.Of(nameof(AdaptiveAveragePool1d));
        PoolingWindow window = PoolingWindow.Adaptive(nameof(AdaptiveAveragePool1d), x, 1, length);
        Tensor y = Average(nameof(AdaptiveAveragePool1d), window, AsImages(nameof(AdaptiveAveragePool1d), x));
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }
}
