using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// The transpose of a convolution: every element of x puts a kernel into a larger image. What a convolution's
    /// gradient is with respect to its input.
    /// </summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="weight">[C, O / groups, K, L]; fp32.</param>
    /// <param name="stride">Rows and columns of the result from one kernel to the next; at least 1.</param>
    /// <param name="padding">Rows and columns cut off on each side; at least 0.</param>
    /// <param name="outputPadding">Rows and columns more at the end; at least 0 and below the stride.</param>
    /// <param name="dilation">Rows and columns of the result between elements of the kernel; at least 1.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides C and O.</param>
    /// <returns>[B, O, (H - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: Zeiler, Krishnan, Taylor and Fergus, Deconvolutional Networks (2010); lengths and weight as in PyTorch's
    /// conv_transpose2d. Numerics: fp32 fused multiply-add, a product for each of stride² phases. Error: 1e-6 relative
    /// to the transposed convolution of magnitudes; 3 × 3 with stride 1 as in Conv2d.
    /// Memory: both inputs. Errors: MC1140 for axes that are no images, MC1141 where channels or groups do not fit,
    /// MC1142 for numbers out of range, MC1143 for a result without elements.
    /// </remarks>
    /// <example><code>
    /// Tensor doubled = ConvTranspose2d(x, weight, stride: 2, padding: 1, outputPadding: 1);
    /// </code></example>
    public static Tensor ConvTranspose2d(Tensor x, Tensor weight, int stride = 1, int padding = 0,
        int outputPadding = 0, int dilation = 1, int groups = 1) =>
        ConvolveTransposed(nameof(ConvTranspose2d), x, weight, stride, stride, padding, padding, outputPadding,
            outputPadding, dilation, dilation, groups);

    static Tensor ConvolveTransposed(string name, Tensor x, Tensor weight, int strideHeight, int strideWidth,
        int paddingHeight, int paddingWidth, int outputPaddingHeight, int outputPaddingWidth, int dilationHeight,
        int dilationWidth, int groups)
    {
        Window window = KernelOf(name, weight, strideHeight, strideWidth, paddingHeight, paddingWidth, dilationHeight,
            dilationWidth, groups);
        Shape shape = window.Transposed(name, x, weight, outputPaddingHeight, outputPaddingWidth);
        return Tensor.Apply(Primitives.ConvTranspose2d, window.Attributes, shape, x, weight);
    }
}

public static partial class Primitives
{
    public static readonly Primitive ConvTranspose2d = new("conv_transpose2d", PrimitiveKind.Kernel,
        "kernels put into larger images", ConvTranspose2dFacet(),
        ConvTranspose2dGradient);

    static Tensor?[] ConvTranspose2dGradient(Differential d) =>
        [Tensor.Apply(Conv2d, d.Attributes, d.ShapeOf(0), d.Dy, d.In(1)),
        Tensor.Apply(Conv2dWeightGradient, d.Attributes, d.ShapeOf(1), d.Dy, d.In(0))];

    private static partial PrimitiveFacet ConvTranspose2dFacet();
}
