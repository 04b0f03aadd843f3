namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// (x - mean) / √(variance + ε) · gain + bias, with mean and variance of each channel of each example.
    /// </summary>
    /// <param name="x">[B, C, ..]; fp32: channels behind the batch, any axes behind them.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="bias">[C]; fp32.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Ulyanov, Vedaldi and Lempitsky, Instance Normalization (2016). Numerics: as a group normalisation with
    /// one channel a group. Error: 5e-6 relative to the largest element. Memory: its input, means and variances of
    /// channels. Errors: MC1127 where gain or bias is not [C], or x has no channels.
    /// </remarks>
    /// <example><code>Tensor y = InstanceNorm(x, Gain, Bias);</code></example>
    public static Tensor InstanceNorm(Tensor x, Tensor gain, Tensor bias, double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(InstanceNorm));
        if (x.Shape.Rank < 2)
            throw new ShapeException($"InstanceNorm: x is {x.Shape}; it must be [B, C, ..]", x) { Id = "MC1127" };
        if (!x.Shape[1].IsConstant)
            throw new ShapeException($"InstanceNorm: the channels of {x.Shape} are no constant. Give gain and bias " +
                "constant lengths", x) { Id = "MC1127" };
        return GroupNorm(x, (int)x.Shape[1], gain, bias, epsilon);
    }
}
