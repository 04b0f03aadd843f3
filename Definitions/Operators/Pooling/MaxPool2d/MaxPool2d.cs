namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The largest element of every window of an image.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="kernel">Rows and columns of a window; at least 1.</param>
    /// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
    /// <param name="padding">
    /// Rows and columns on each side that are never the largest; at most half of the kernel.
    /// </param>
    /// <returns>[B, C, ⌊(H + 2 padding - kernel) / stride⌋ + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: Riesenhuber and Poggio, Hierarchical Models of Object Recognition in Cortex (1999); lengths as in
    /// PyTorch's max_pool2d. Numerics: exact; NaN where the window has one. The gradient goes to the first of equal
    /// elements, in order of rows. Error: 0: exact.
    /// Memory: its input. Errors: MC1143 for a window larger than the image, MC1144 for a dim that may not be divisible
    /// by the stride, MC1145 for numbers out of range, MC1146 for axes that are no images.
    /// </remarks>
    /// <example><code>Tensor half = MaxPool2d(x, 2);</code></example>
    public static Tensor MaxPool2d(Tensor x, int kernel, int stride = 0, int padding = 0)
    {
        using var scope = OperatorScope.Of(nameof(MaxPool2d));
        PoolingWindow window = PoolingWindow.Of(nameof(MaxPool2d), x, kernel, kernel, stride == 0 ? kernel : stride,
            stride == 0 ? kernel : stride, padding, padding, false);
        return Largest(nameof(MaxPool2d), window, x);
    }

    static Tensor Largest(string name, PoolingWindow window, Tensor x) =>
        Tensor.Apply(Primitives.MaxPoolPick2d, window.Attributes, window.Pooled(name, x), x, x);
}
