namespace ModelCompiler;

/// <summary>Slides kernels over sequences and adds a bias: y = Conv1d(x, weight) + bias.</summary>
/// <remarks>
/// Source: PyTorch's Conv1d, whose initialisation it shares: He et al., Delving Deep into Rectifiers (2015), uniform
/// in ±1/√(inputs / groups · kernel). Parameters: weight [outputs, inputs / groups, kernel], bias [outputs] unless it is left out.
/// </remarks>
/// <param name="inputs">Channels of x.</param>
/// <param name="outputs">Channels of y.</param>
/// <param name="kernel">Elements of the kernels.</param>
/// <param name="stride">Elements of x from one place of a kernel to the next.</param>
/// <param name="padding">Zeros on each side; dilation · (kernel - 1) / 2 keeps the size at stride 1.</param>
/// <param name="dilation">Elements of x from one element of a kernel to the next.</param>
/// <param name="groups">Groups of channels that do not see each other; divides inputs and outputs.</param>
/// <param name="hasBias">Whether there is a bias; none is needed before a normalization.</param>
public sealed class Conv1d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0,
    int dilation = 1, int groups = 1, bool hasBias = true)
{
    /// <summary>[outputs, inputs / groups, kernel].</summary>
    public Tensor Weight { get; } = Parameter.Uniform(ConvolutionLayers.Bound(inputs, groups, kernel),
        outputs, ConvolutionLayers.Share(inputs, groups), kernel);

    /// <summary>[outputs]; null where it is left out.</summary>
    public Tensor? Bias { get; } = hasBias
        ? Parameter.Uniform(ConvolutionLayers.Bound(inputs, groups, kernel), outputs) : null;

    /// <summary>Applies the layer to sequences.</summary>
    /// <param name="x">[B, inputs, T]; fp32.</param>
    /// <returns>[B, outputs, ..]; fp32.</returns>
    /// <example><code>Tensor y = stem.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        ConvolutionLayers.Check($"Conv1d({inputs}, {outputs}, {kernel})", x, 3, inputs);
        Tensor y = Operators.Conv1d(x, Weight, stride, padding, dilation, groups);
        return Bias is null ? y : y + Bias.Reshape(outputs, 1);
    }
}
