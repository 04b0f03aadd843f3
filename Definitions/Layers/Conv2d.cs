using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Slides kernels over images and adds a bias: y = Conv2d(x, weight) + bias.</summary>
/// <remarks>
/// Source: PyTorch's Conv2d, whose initialisation it shares: He et al., Delving Deep into Rectifiers (2015), uniform
/// in ±1/√(inputs / groups · kernel²). Parameters: weight [outputs, inputs / groups, kernel, kernel], bias [outputs].
/// </remarks>
/// <param name="inputs">Channels of x.</param>
/// <param name="outputs">Channels of y.</param>
/// <param name="kernel">Rows and columns of the kernels.</param>
/// <param name="stride">Rows and columns of x from one place of a kernel to the next.</param>
/// <param name="padding">Zeros on each side; dilation · (kernel - 1) / 2 keeps the size at stride 1.</param>
/// <param name="dilation">Rows and columns of x from one element of a kernel to the next.</param>
/// <param name="groups">Groups of channels that do not see each other; divides inputs and outputs.</param>
/// <param name="bias">Whether there is a bias; none is needed before a normalization.</param>
public sealed class Conv2d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0,
    int dilation = 1, int groups = 1, bool bias = true)
{
    /// <summary>[outputs, inputs / groups, kernel, kernel].</summary>
    public Tensor Weight { get; } = Parameter.Uniform(
        1 / Math.Sqrt(Math.Max(1, inputs / Math.Max(1, groups) * kernel * kernel)),
        outputs, inputs / Math.Max(1, groups), kernel, kernel);

    /// <summary>[outputs]; null where the layer was made without.</summary>
    public Tensor Bias { get; } = bias
        ? Parameter.Uniform(1 / Math.Sqrt(Math.Max(1, inputs / Math.Max(1, groups) * kernel * kernel)), outputs)
        : null!;

    /// <summary>Applies the layer to images.</summary>
    /// <param name="x">[B, inputs, H, W]; fp32.</param>
    /// <returns>[B, outputs, ..]; fp32.</returns>
    /// <example><code>Tensor y = stem.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 4 || x.Shape[1] != inputs)
            throw new ShapeException(
                $"Conv2d({inputs}, {outputs}, {kernel}): x is {x.Shape}, which is not [B, {inputs}, H, W]. " +
                    "Construct the layer with that number of channels, or change x", x) { Id = "MC1147" };
        Tensor y = Operators.Conv2d(x, Weight, stride, padding, dilation, groups);
        return bias ? y + Bias.Reshape(outputs, 1, 1) : y;
    }
}
