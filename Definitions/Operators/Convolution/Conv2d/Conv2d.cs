using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Slides kernels over images: y[b, o, i, j] = Σ x[b, c, i · s - p + r · d, ..] · weight[o, c, r, ..].
    /// </summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="weight">[O, C / groups, K, L]; fp32.</param>
    /// <param name="stride">Rows and columns of x from one place of the kernel to the next; at least 1.</param>
    /// <param name="padding">
    /// Zeros on each side; at least 0. With dilation · (K - 1) / 2 an odd kernel of stride 1 keeps H and W.
    /// </param>
    /// <param name="dilation">Rows and columns of x from one element of the kernel to the next; at least 1.</param>
    /// <param name="groups">
    /// Groups of channels that do not see each other; divides C and O. C of them are depthwise.
    /// </param>
    /// <returns>[B, O, ⌊(H + 2 padding - dilation (K - 1) - 1) / stride⌋ + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998); lengths, weight and groups
    /// as in PyTorch's conv2d. Numerics: fp32 fused multiply-add, channels and kernel in parts; ∞ and NaN reach where
    /// the kernel meets them, padding gives NaN to an infinite weight; kernels of 3 × 3 with stride, dilation and
    /// groups of 1 go by Winograd's tiles from 16 channels on (Lavin and Gray, 2016). Error: 1e-6 relative to the
    /// convolution of magnitudes; of Winograd's tiles relative to the largest magnitude under a kernel times the sum of
    /// the weight's. Memory: both inputs.
    /// Errors: MC1140 for axes that are no images, MC1141 where channels or groups do not fit,
    /// MC1142 for numbers out of range, MC1143 for a kernel larger than the image, MC1144 for a dim that may not be
    /// divisible by the stride.
    /// </remarks>
    /// <example><code>Tensor y = Conv2d(x, weight, stride: 2, padding: 1);</code></example>
    public static Tensor Conv2d(Tensor x, Tensor weight, int stride = 1, int padding = 0, int dilation = 1,
        int groups = 1) =>
        Conv2d(x, weight, stride, stride, padding, padding, dilation, dilation, groups);

    /// <summary>Slides kernels over images with other numbers for rows than for columns.</summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="weight">[O, C / groups, K, L]; fp32.</param>
    /// <param name="strideHeight">Rows of x from one place of the kernel to the next; at least 1.</param>
    /// <param name="strideWidth">Columns of x from one place of the kernel to the next; at least 1.</param>
    /// <param name="paddingHeight">Rows of zeros above and below; at least 0.</param>
    /// <param name="paddingWidth">Columns of zeros left and right; at least 0.</param>
    /// <param name="dilationHeight">Rows of x from one row of the kernel to the next; at least 1.</param>
    /// <param name="dilationWidth">Columns of x from one column of the kernel to the next; at least 1.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides C and O.</param>
    /// <returns>[B, O, ⌊(H + 2 padding - dilation (K - 1) - 1) / stride⌋ + 1, ..]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, conv2d. Numerics: fp32 fused multiply-add, channels and kernel in parts, or
    /// Winograd's tiles. Error: as with one number for both axes.
    /// Memory: both inputs. Errors: MC1140, MC1141, MC1142, MC1143 and MC1144, as with one number for both axes.
    /// </remarks>
    /// <example><code>Tensor y = Conv2d(x, weight, 1, 2, 0, 1, 1, 1, 1);</code></example>
    public static Tensor Conv2d(Tensor x, Tensor weight, int strideHeight, int strideWidth, int paddingHeight,
        int paddingWidth, int dilationHeight, int dilationWidth, int groups) =>
        Convolve(nameof(Conv2d), x, weight, strideHeight, strideWidth, paddingHeight, paddingWidth, dilationHeight,
            dilationWidth, groups);

    static Tensor Convolve(string name, Tensor x, Tensor weight, int strideHeight, int strideWidth, int paddingHeight,
        int paddingWidth, int dilationHeight, int dilationWidth, int groups)
    {
        Window window = KernelOf(name, weight, strideHeight, strideWidth, paddingHeight, paddingWidth, dilationHeight,
            dilationWidth, groups);
        Shape shape = window.Convolved(name, x, weight);
        return Tensor.Apply(Primitives.Conv2d, window.Attributes, shape, x, weight);
    }

    static Window KernelOf(string name, Tensor weight, int strideHeight, int strideWidth, int paddingHeight,
        int paddingWidth, int dilationHeight, int dilationWidth, int groups)
    {
        bool isKernel = weight.Shape.Rank == 4 && weight.Shape[2].IsConstant && weight.Shape[3].IsConstant;
        return isKernel
            ? Window.Of(name, weight, (int)weight.Shape[2], (int)weight.Shape[3], strideHeight, strideWidth,
                paddingHeight, paddingWidth, dilationHeight, dilationWidth, groups)
            : throw new ShapeException(
                $"{name}: the weight is {weight.Shape}; it must have an axis of outputs, one of inputs and the " +
                    "kernel's, whose lengths are constants", weight) { Id = "MC1140" };
    }
}

public static partial class Primitives
{
    public static readonly Primitive Conv2d = new("conv2d", PrimitiveKind.Kernel, "kernels slid over images",
        Conv2dFacet(),
        Conv2dGradient);

    static Tensor?[] Conv2dGradient(Differential d) =>
        [Tensor.Apply(ConvTranspose2d, d.Attributes, d.ShapeOf(0), d.Dy, d.In(1)),
        Tensor.Apply(Conv2dWeightGradient, d.Attributes, d.ShapeOf(1), d.In(0), d.Dy)];

    private static partial PrimitiveFacet Conv2dFacet();
}
