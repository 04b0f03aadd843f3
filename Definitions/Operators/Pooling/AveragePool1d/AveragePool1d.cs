namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of every window of a sequence.</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="kernel">Elements of a window; at least 1.</param>
    /// <param name="stride">Elements from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">Zeros on each side; at most half of the kernel.</param>
    /// <param name="countsPadding">Whether these zeros count as elements of a window.</param>
    /// <returns>[B, C, ⌊(T + 2 padding - kernel) / stride⌋ + 1]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, avg_pool1d. Numerics: fp32 sum, then one product. Error: 1e-6 relative to the mean magnitude.
    /// Memory: nothing. Errors: MC1140 for axes that are no sequences, MC1143 for a window longer than the sequence,
    /// MC1144 for a dim that may not be divisible by the stride, MC1145 for numbers out of range.
    /// </remarks>
    /// <example><code>Tensor half = AveragePool1d(x, 2);</code></example>
    public static Tensor AveragePool1d(Tensor x, int kernel, int stride = 0, int padding = 0, bool countsPadding = true)
    {
        using var scope = OperatorScope.Of(nameof(AveragePool1d));
        PoolingWindow window = PoolingWindow.Of(nameof(AveragePool1d), x, 1, kernel, 1, stride == 0 ? kernel : stride,
            0, padding, countsPadding);
        Tensor y = Average(nameof(AveragePool1d), window, AsImages(nameof(AveragePool1d), x));
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }
}
