namespace ModelCompiler;

/// <summary>The largest element of every window of a sequence.</summary>
/// <remarks>Source: PyTorch's max_pool1d. Parameters: none.</remarks>
/// <param name="kernel">Elements of a window.</param>
/// <param name="stride">Elements from one window to the next; the kernel's where 0.</param>
/// <param name="padding">Elements that a window may stand over the edge; at most half of the kernel.</param>
public sealed class MaxPool1d(int kernel, int stride = 0, int padding = 0)
{
    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <returns>[B, C, ..]; fp32.</returns>
    /// <example><code>Tensor y = pool.Forward(x);</code></example>
    public Tensor Forward(Tensor x) => Operators.MaxPool1d(x, kernel, stride, padding);
}
