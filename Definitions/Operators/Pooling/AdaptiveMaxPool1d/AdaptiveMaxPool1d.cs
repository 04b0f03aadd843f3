namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The largest elements of so many windows that cover a sequence.</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="length">Elements of the result; at least 1.</param>
    /// <returns>[B, C, length]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, adaptive_max_pool1d: window i has the elements ⌊i T / length⌋ to ⌈(i + 1) T / length⌉.
    /// Numerics: exact; NaN where the window has one. The gradient goes to the first of equal elements. Error: 0:
    /// exact.
    /// Memory: its input. Errors: MC1140 for axes that are no sequences, MC1143 for sequences that may be empty, MC1145
    /// for numbers out of range.
    /// </remarks>
    /// <example><code>Tensor y = AdaptiveMaxPool1d(x, 1);</code></example>
    public static Tensor AdaptiveMaxPool1d(Tensor x, int length)
    {
        using var scope = OperatorScope.Of(nameof(AdaptiveMaxPool1d));
        PoolingWindow window = PoolingWindow.Adaptive(nameof(AdaptiveMaxPool1d), x, 1, length);
        Tensor y = Largest(nameof(AdaptiveMaxPool1d), window, AsImages(nameof(AdaptiveMaxPool1d), x));
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }
}
