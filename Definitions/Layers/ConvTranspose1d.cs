using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Puts kernels into longer sequences and adds a bias.</summary>
/// <remarks>
/// Source: PyTorch's ConvTranspose1d, whose initialisation it shares: He et al., Delving Deep into Rectifiers (2015),
/// uniform in ±1/√(outputs / groups · kernel). Parameters: weight [inputs, outputs / groups, kernel], bias [outputs].
/// </remarks>
/// <param name="inputs">Channels of x.</param>
/// <param name="outputs">Channels of y.</param>
/// <param name="kernel">Elements of the kernels.</param>
/// <param name="stride">Elements of y from one kernel to the next.</param>
/// <param name="padding">Elements cut off on each side.</param>
/// <param name="outputPadding">Elements more at the end of y; below the stride.</param>
/// <param name="dilation">Elements of y from one element of a kernel to the next.</param>
/// <param name="groups">Groups of channels that do not see each other; divides inputs and outputs.</param>
/// <param name="bias">Whether there is a bias; none is needed before a normalization.</param>
public sealed class ConvTranspose1d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0,
    int outputPadding = 0, int dilation = 1, int groups = 1, bool bias = true)
{
    /// <summary>[inputs, outputs / groups, kernel].</summary>
    public Tensor Weight { get; } = Parameter.Uniform(
        1 / Math.Sqrt(Math.Max(1, outputs / Math.Max(1, groups) * kernel)),
        inputs, outputs / Math.Max(1, groups), kernel);

    /// <summary>[outputs]; null where the layer was made without.</summary>
    public Tensor Bias { get; } = bias
        ? Parameter.Uniform(1 / Math.Sqrt(Math.Max(1, outputs / Math.Max(1, groups) * kernel)), outputs)
        : null!;

    /// <summary>Applies the layer to sequences.</summary>
    /// <param name="x">[B, inputs, T]; fp32.</param>
    /// <returns>[B, outputs, ..]; fp32.</returns>
    /// <example><code>Tensor y = stem.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 3 || x.Shape[1] != inputs)
            throw new ShapeException(
                $"ConvTranspose1d({inputs}, {outputs}, {kernel}): x is {x.Shape}, which is not [B, {inputs}, T]. " +
                    "Construct the layer with that number of channels, or change x", x) { Id = "MC1147" };
        Tensor y = Operators.ConvTranspose1d(x, Weight, stride, padding, outputPadding, dilation, groups);
        return bias ? y + Bias.Reshape(outputs, 1) : y;
    }
}
