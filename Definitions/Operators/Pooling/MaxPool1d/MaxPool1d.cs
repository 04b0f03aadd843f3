namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The largest element of every window of a sequence.</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="kernel">Elements of a window; at least 1.</param>
    /// <param name="stride">Elements from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">Elements on each side that are never the largest; at most half of the kernel.</param>
    /// <returns>[B, C, ⌊(T + 2 padding - kernel) / stride⌋ + 1]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, max_pool1d. Numerics: exact; NaN where the window has one. The gradient goes to the first of
    /// equal elements. Error: 0: exact.
    /// Memory: its input. Errors: MC1140 for axes that are no sequences, MC1143 for a window longer than the sequence,
    /// MC1144 for a dim that may not be divisible by the stride, MC1145 for numbers out of range.
    /// </remarks>
    /// <example><code>Tensor half = MaxPool1d(x, 2);</code></example>
    public static Tensor MaxPool1d(Tensor x, int kernel, int stride = 0, int padding = 0)
    {
        using var scope = OperatorScope.Of(nameof(MaxPool1d));
        PoolingWindow window = PoolingWindow.Of(nameof(MaxPool1d), x, 1, kernel, 1, stride == 0 ? kernel : stride, 0,
            padding, false);
        Tensor y = Largest(nameof(MaxPool1d), window, AsImages(nameof(MaxPool1d), x));
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }
}
