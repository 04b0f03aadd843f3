namespace ModelCompiler;

/// <summary>The largest element of every window of an image.</summary>
/// <remarks>Source: PyTorch's max_pool2d. Parameters: none.</remarks>
/// <param name="kernel">Rows and columns of a window.</param>
/// <param name="stride">Rows and columns from one window to the next; the kernel's where 0.</param>
/// <param name="padding">Rows and columns that a window may stand over the edge; at most half of the kernel.</param>
public sealed class MaxPool2d(int kernel, int stride = 0, int padding = 0)
{
    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <returns>[B, C, ..]; fp32.</returns>
    /// <example><code>Tensor y = pool.Forward(x);</code></example>
    public Tensor Forward(Tensor x) => Operators.MaxPool2d(x, kernel, stride, padding);
}
