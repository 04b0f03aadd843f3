using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// What a convolution's gradient is with respect to its weight: each element of the kernel's share of dy.
    /// </summary>
    /// <param name="x">[B, C, H, W]; fp32.</param>
    /// <param name="dy">[B, O, OH, OW]; fp32.</param>
    /// <param name="kernel">Rows and columns of the kernel; at least 1.</param>
    /// <param name="stride">Of the convolution.</param>
    /// <param name="padding">Of the convolution.</param>
    /// <param name="dilation">Of the convolution.</param>
    /// <param name="groups">Of the convolution.</param>
    /// <returns>[O, C / groups, kernel, kernel]; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, conv2d_weight. Numerics: fp32 fused multiply-add over images and places, in parts. Error: 1e-6
    /// relative to the same of magnitudes; 3 × 3 with stride 1 relative to the largest of a kernel's.
    /// Memory: both inputs. Errors: MC1140 for axes that are no images, MC1141 where channels or groups do not fit,
    /// MC1142 for numbers out of range, MC1143 where dy is no result of such a convolution.
    /// </remarks>
    /// <example><code>Tensor share = Conv2dWeightGradient(x, dy, kernel: 3, padding: 1);</code></example>
    public static Tensor Conv2dWeightGradient(Tensor x, Tensor dy, int kernel, int stride = 1, int padding = 0,
        int dilation = 1, int groups = 1)
    {
        const string Name = nameof(Conv2dWeightGradient);
        Window window = Window.Of(Name, x, kernel, kernel, stride, stride, padding, padding, dilation, dilation,
            groups);
        if (x.Shape.Rank != 4) throw new ShapeException(
            $"{Name}: x is {x.Shape}; it must have axes of images, channels, rows and columns", x) { Id = "MC1140" };
        if (dy.Shape.Rank != 4) throw new ShapeException(
            $"{Name}: dy is {dy.Shape}; it must have axes of images, channels, rows and columns", dy) { Id = "MC1140" };
        if (!x.Shape[1].IsMultipleOf(groups) || !dy.Shape[1].IsMultipleOf(groups)) throw new ShapeException(
            $"{Name}: {x.Shape[1]} channels of x and {dy.Shape[1]} of dy are no multiples of {groups} groups", x)
            { Id = "MC1141" };
        if (window.Convolved(x.Shape, dy.Shape[1]) is not { } expected || !expected.Equals(dy.Shape))
            throw new ShapeException(
                $"{Name}: dy is {dy.Shape}, which no convolution of {x.Shape} with a kernel of {kernel} × {kernel}, " +
                    $"stride {stride}, padding {padding} and dilation {dilation} gives", dy) { Id = "MC1143" };
        return Tensor.Apply(Primitives.Conv2dWeightGradient, window.Attributes,
            new Shape(dy.Shape[1], x.Shape[1] / groups, kernel, kernel), x, dy);
    }
}

public static partial class Primitives
{
    public static readonly Primitive Conv2dWeightGradient = new("conv2d_weight_gradient", PrimitiveKind.Kernel,
        "each element of a kernel's share", Conv2dWeightGradientFacet(),
        Conv2dWeightGradientGradient);

    static Tensor?[] Conv2dWeightGradientGradient(Differential d) =>
        [Tensor.Apply(ConvTranspose2d, d.Attributes, d.ShapeOf(0), d.In(1), d.Dy),
        Tensor.Apply(Conv2d, d.Attributes, d.ShapeOf(1), d.In(0), d.Dy)];

    private static partial PrimitiveFacet Conv2dWeightGradientFacet();
}
