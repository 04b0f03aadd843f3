namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Slides kernels over sequences: y[b, o, i] = Σ x[b, c, i · s - p + r · d] · weight[o, c, r].</summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="weight">[O, C / groups, K]; fp32.</param>
    /// <param name="stride">Elements of x from one place of the kernel to the next; at least 1.</param>
    /// <param name="padding">Zeros on each side; at least 0.</param>
    /// <param name="dilation">Elements of x from one element of the kernel to the next; at least 1.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides C and O.</param>
    /// <returns>[B, O, ⌊(T + 2 padding - dilation (K - 1) - 1) / stride⌋ + 1]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, conv1d. Numerics: those of <see cref="Conv2d(Tensor, Tensor, int, int, int, int)"/> on images
    /// of one row. Error: 1e-6 relative to the convolution of magnitudes.
    /// Memory: both inputs. Errors: MC1140 for axes that are no sequences, MC1141 where channels or groups do not fit,
    /// MC1142 for numbers out of range, MC1143 for a kernel longer than the sequence, MC1144 for a dim that may not be
    /// divisible by the stride.
    /// </remarks>
    /// <example><code>Tensor y = Conv1d(x, weight, padding: 1);</code></example>
    public static Tensor Conv1d(Tensor x, Tensor weight, int stride = 1, int padding = 0, int dilation = 1,
        int groups = 1)
    {
        using var scope = OperatorScope.Of(nameof(Conv1d));
        Tensor y = Convolve(nameof(Conv1d), AsImages(nameof(Conv1d), x), AsKernels(nameof(Conv1d), weight), 1, stride,
            0, padding, 1, dilation, groups);
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }

    /// <summary>[B, C, T] → [B, C, 1, T].</summary>
    static Tensor AsImages(string name, Tensor x) => x.Shape.Rank == 3
        ? x.Reshape(x.Shape[0], x.Shape[1], 1, x.Shape[2])
        : throw new ShapeException(
            $"{name}: x is {x.Shape}; it must have axes of sequences, channels and places. Reshape it", x)
            { Id = "MC1140" };

    static Tensor AsKernels(string name, Tensor weight) => weight.Shape.Rank == 3
        ? weight.Reshape(weight.Shape[0], weight.Shape[1], 1, weight.Shape[2])
        : throw new ShapeException(
            $"{name}: the weight is {weight.Shape}; it must have an axis of outputs, one of inputs and the kernel's",
            weight) { Id = "MC1140" };
}
