namespace ModelCompiler;

/// <summary>
/// Normalises groups of channels to mean 0 and variance 1, then scales and shifts each channel. With as many groups as
/// channels it is an instance normalisation, with one group a layer normalisation of channels and places together.
/// </summary>
/// <remarks>
/// Source: Wu and He, Group Normalization (2018). Parameters: gain [channels] of ones, bias [channels] of zeros.
/// </remarks>
/// <param name="groups">How many groups of neighbouring channels; divides the channels.</param>
/// <param name="channels">Length of the second axis.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class GroupNorm(int groups, int channels, double epsilon = 1e-5)
{
    /// <summary>[channels].</summary>
    public Tensor Gain { get; } = Parameter.Ones(channels);

    /// <summary>[channels].</summary>
    public Tensor Bias { get; } = Parameter.Zeros(channels);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, channels, ..]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <example><code>Tensor y = Relu(norm.Forward(x));</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank < 2 || x.Shape[1] != channels)
            throw new ShapeException(
                $"GroupNorm({groups}, {channels}): the second axis of x is not {channels} (x: {x.Shape}). Construct " +
                    "the layer with that length, or change x", x)
                { Id = "MC1127" };
        return Operators.GroupNorm(x, groups, Gain, Bias, epsilon);
    }
}
