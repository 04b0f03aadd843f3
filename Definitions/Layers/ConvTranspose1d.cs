namespace ModelCompiler;

/// <summary>Puts kernels into longer sequences and adds a bias: y = ConvTranspose1d(x, weight) + bias.</summary>
/// <remarks>
/// Source: PyTorch's ConvTranspose1d, whose initialisation it shares: He et al., Delving Deep into Rectifiers (2015), uniform
/// in ±1/√(outputs / groups · kernel). Parameters: weight [inputs, outputs / groups, kernel], bias [outputs] unless it is left out.
/// </remarks>
/// <param name="inputs">Channels of x.</param>
/// <param name="outputs">Channels of y.</param>
/// <param name="kernel">Elements of the kernels.</param>
/// <param name="stride">Elements of y from one kernel to the next.</param>
/// <param name="padding">Elements cut off on each side.</param>
/// <param name="outputPadding">Elements more at the end of y; below the stride.</param>
/// <param name="dilation">Elements of y from one element of a kernel to the next.</param>
/// <param name="groups">Groups of channels that do not see each other; divides inputs and outputs.</param>
/// <param name="hasBias">Whether there is a bias; none is needed before a normalization.</param>
public sealed class ConvTranspose1d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int outputPadding = 0,
    int dilation = 1, int groups = 1, bool hasBias = true)
{
    /// <summary>[inputs, outputs / groups, kernel].</summary>
    public Tensor Weight { get; } = Parameter.Uniform(ConvolutionLayers.Bound(outputs, groups, kernel),
        inputs, ConvolutionLayers.Share(outputs, groups), kernel);

    /// <summary>[outputs]; null where it is left out.</summary>
    public Tensor? Bias { get; } = hasBias
        ? Parameter.Uniform(ConvolutionLayers.Bound(outputs, groups, kernel), outputs) : null;

    /// <summary>Applies the layer to sequences.</summary>
    /// <param name="x">[B, inputs, T]; fp32.</param>
    /// <returns>[B, outputs, ..]; fp32.</returns>
    /// <example><code>Tensor y = stem.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        ConvolutionLayers.Check($"ConvTranspose1d({inputs}, {outputs}, {kernel})", x, 3, inputs);
        Tensor y = Operators.ConvTranspose1d(x, Weight, stride, padding, outputPadding, dilation, groups);
        return Bias is null ? y : y + Bias.Reshape(outputs, 1);
    }
}
