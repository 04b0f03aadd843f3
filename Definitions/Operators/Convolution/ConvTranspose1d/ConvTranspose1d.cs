namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// The transpose of a convolution of sequences: every element of x puts a kernel into a longer one.
    /// </summary>
    /// <param name="x">[B, C, T]; fp32.</param>
    /// <param name="weight">[C, O / groups, K]; fp32.</param>
    /// <param name="stride">Elements of the result from one kernel to the next; at least 1.</param>
    /// <param name="padding">Elements cut off on each side; at least 0.</param>
    /// <param name="outputPadding">Elements more at the end; at least 0 and below the stride.</param>
    /// <param name="dilation">Elements of the result between elements of the kernel; at least 1.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides C and O.</param>
    /// <returns>[B, O, (T - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, conv_transpose1d. Numerics: those of <see cref="ConvTranspose2d"/> on images of one row. Error:
    /// 1e-6 relative to the transposed convolution of magnitudes.
    /// Memory: both inputs. Errors: MC1140 for axes that are no sequences, MC1141 where channels or groups do not fit,
    /// MC1142 for numbers out of range, MC1143 for a result without elements.
    /// </remarks>
    /// <example><code>Tensor longer = ConvTranspose1d(x, weight, stride: 2);</code></example>
    public static Tensor ConvTranspose1d(Tensor x, Tensor weight, int stride = 1, int padding = 0,
        int outputPadding = 0, int dilation = 1, int groups = 1)
    {
        using var scope = OperatorScope.Of(nameof(ConvTranspose1d));
        Tensor y = ConvolveTransposed(nameof(ConvTranspose1d), AsImages(nameof(ConvTranspose1d), x),
            AsKernels(nameof(ConvTranspose1d), weight), 1, stride, 0, padding, 0, outputPadding, 1, dilation, groups);
        return y.Reshape(y.Shape[0], y.Shape[1], y.Shape[3]);
    }
}
