using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>
/// Normalises every channel to mean 0 and variance 1 over batch and space, then scales and shifts it: by the batch's
/// own statistics in training, which also move the running ones, and by the running statistics in evaluation.
/// </summary>
/// <remarks>
/// Source: Ioffe and Szegedy, Batch Normalization (2015). Parameters: gain [channels] of ones, bias [channels] of
/// zeros. States: runningMean [channels] of zeros, runningVariance [channels] of ones, which takes the unbiased
/// variance.
/// </remarks>
/// <param name="channels">Length of the second axis.</param>
/// <param name="momentum">How much of a running statistic a batch replaces, in (0, 1].</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class BatchNorm(int channels, double momentum = 0.1, double epsilon = 1e-5)
{
    /// <summary>[channels].</summary>
    public Tensor Gain { get; } = Parameter.Ones(channels);

    /// <summary>[channels].</summary>
    public Tensor Bias { get; } = Parameter.Zeros(channels);

    /// <summary>[channels].</summary>
    public State RunningMean { get; } = State.Zeros(channels);

    /// <summary>[channels].</summary>
    public State RunningVariance { get; } = State.Ones(channels);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, channels] or [B, channels, ..]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <example><code>x = Relu(norm.Forward(convolution.Forward(x)));</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank < 2 || x.Shape[1] != channels)
            throw new ShapeException($"BatchNorm({channels}): x is {x.Shape}; it must be [B, {channels}, ..]. " +
                "Construct the layer with that number of channels, or change x", x) { Id = "MC1106" };
        if (!IsTraining) return Operators.BatchNorm(x, Gain, Bias, RunningMean, RunningVariance, epsilon);
        Tensor flat = ByChannel(x), mean = ChannelMean(flat), variance = ChannelVariance(flat, mean);
        Tensor count = Value(flat.Shape[0] * flat.Shape[2]);
        RunningMean.Value = Moved(RunningMean, mean);
        RunningVariance.Value = Moved(RunningVariance, variance * (count / Maximum(count - 1, 1)));
        return Operators.BatchNorm(x, Gain, Bias, epsilon);
    }

    Tensor Moved(State running, Tensor now) => (1 - momentum) * running + momentum * now.Reshape(channels);
}
