using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Normalises every channel to mean 0 and variance 1 over batch and space, then scales and shifts it: what training
    /// does. The layer of the same name keeps running statistics for evaluation.
    /// </summary>
    /// <param name="x">[B, C] or [B, C, ..]; fp32.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="bias">[C]; fp32.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1. Numerics: two passes, variance of centred
    /// values, fp32. Error: 5e-6 relative to the channel's largest element. Memory: its input, channel means and
    /// variances. Errors: MC1106 where gain or bias is not [C] or x has fewer than two axes.
    /// </remarks>
    /// <example><code>Tensor y = BatchNorm(x, Gain, Bias);</code></example>
    public static Tensor BatchNorm(Tensor x, Tensor gain, Tensor bias, double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(BatchNorm));
        CheckChannels(x, gain, bias);
        Tensor flat = ByChannel(x), mean = ChannelMean(flat);
        return Reshape(BatchNormOf(flat, mean, ChannelVariance(flat, mean), gain, bias, epsilon), x.Shape);
    }

    /// <summary>Normalises every channel by statistics that are given: what evaluation does.</summary>
    /// <param name="x">[B, C] or [B, C, ..]; fp32.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="bias">[C]; fp32.</param>
    /// <param name="mean">[C]; fp32.</param>
    /// <param name="variance">[C], at least 0; fp32.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 2. Numerics: fp32. Error: 1e-6 relative to the
    /// channel's largest element. Memory: its input. Errors: MC1106 where a statistic, gain or bias is not [C] or x has
    /// fewer than two axes.
    /// </remarks>
    /// <example><code>Tensor y = BatchNorm(x, Gain, Bias, RunningMean, RunningVariance);</code></example>
    public static Tensor BatchNorm(Tensor x, Tensor gain, Tensor bias, Tensor mean, Tensor variance,
        double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(BatchNorm));
        CheckChannels(x, gain, bias);
        CheckChannels(x, mean, variance);
        // Not flat: a convolution before it can do it on its tiles.
        return BatchNormOf(x, mean, variance, gain, bias, epsilon);
    }

    static Tensor BatchNormOf(Tensor x, Tensor mean, Tensor variance, Tensor gain, Tensor bias, double epsilon)
    {
        Tensor scale = Rsqrt(OfChannel(variance, x) + epsilon) * OfChannel(gain, x);
        return (x - OfChannel(mean, x)) * scale + OfChannel(bias, x);
    }

    static void CheckChannels(Tensor x, Tensor first, Tensor second)
    {
        if (x.Shape.Rank < 2)
            throw new ShapeException($"BatchNorm: x is {x.Shape}; it needs a batch axis and a channel axis, [B, C, ..]",
                x) { Id = "MC1106" };
        Shape row = new(x.Shape[1]);
        foreach (Tensor each in (Tensor[])[first, second])
            if (!each.Shape.Equals(row))
                throw new ShapeException($"BatchNorm: {each.Shape} for {row[0]} channels (x: {x.Shape}). Give it the " +
                    $"shape {row}", each) { Id = "MC1106" };
    }

    /// <summary>[B, C, ..] → [B, C, S].</summary>
    internal static Tensor ByChannel(Tensor x) =>
        x.Reshape(x.Shape[0], x.Shape[1], x.Shape.Size / (x.Shape[0] * x.Shape[1]));

    /// <summary>[C] or [1, C, 1] → [1, C, 1, ..], with the axes of x.</summary>
    static Tensor OfChannel(Tensor channels, Tensor x) =>
        channels.Reshape([1, x.Shape[1], .. Enumerable.Repeat((Dim)1, x.Shape.Rank - 2)]);

    /// <summary>[B, C, S] → [1, C, 1].</summary>
    internal static Tensor ChannelMean(Tensor flat)
    {
        using var scope = OperatorScope.Of(nameof(ChannelMean));
        return Sum(Sum(flat, -1), 0) / Value(flat.Shape[0] * flat.Shape[2]);
    }

    /// <summary>The mean square of what deviates from the mean: [B, C, S] → [1, C, 1].</summary>
    internal static Tensor ChannelVariance(Tensor flat, Tensor mean)
    {
        using var scope = OperatorScope.Of(nameof(ChannelVariance));
        Tensor centered = flat - mean;
        return ChannelMean(centered * centered);
    }
}
