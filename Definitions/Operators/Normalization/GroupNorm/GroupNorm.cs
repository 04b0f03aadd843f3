namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// (x - mean) / √(variance + ε) · gain + bias, with mean and variance of each group of channels of each example.
    /// </summary>
    /// <param name="x">[B, C, ..]; fp32: channels behind the batch, any axes behind them.</param>
    /// <param name="groups">How many groups of neighbouring channels; divides C.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="bias">[C]; fp32.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Wu and He, Group Normalization (2018). Numerics: two passes, variance of centred values, fp32; a group
    /// that holds NaN or ∞ is NaN. Error: 5e-6 relative to the largest element. Memory: its input, means and variances
    /// of groups. Errors: MC1127 where gain or bias is not [C], x has no channels or the groups do not divide them.
    /// </remarks>
    /// <example><code>Tensor y = GroupNorm(x, 8, Gain, Bias);</code></example>
    public static Tensor GroupNorm(Tensor x, int groups, Tensor gain, Tensor bias, double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(GroupNorm));
        if (x.Shape.Rank < 2)
            throw new ShapeException($"GroupNorm: x is {x.Shape}; it must be [B, C, ..]", x) { Id = "MC1127" };
        Dim batch = x.Shape[0], channels = x.Shape[1];
        if (groups < 1 || !channels.IsMultipleOf(groups))
            throw new ShapeException(
                $"GroupNorm: {channels} channels do not divide into {groups} groups (x: {x.Shape}). " +
                "Choose a number of groups that divides them", x) { Id = "MC1127" };
        if (!gain.Shape.Equals(new Shape(channels)))
            throw new ShapeException($"GroupNorm: gain is {gain.Shape} but x has {channels} channels (x: {x.Shape}). " +
                $"Give it the shape [{channels}]", gain) { Id = "MC1127" };
        if (!bias.Shape.Equals(new Shape(channels)))
            throw new ShapeException($"GroupNorm: bias is {bias.Shape} but x has {channels} channels (x: {x.Shape}). " +
                $"Give it the shape [{channels}]", bias) { Id = "MC1127" };
        Dim places = x.Shape.Size / (batch * channels);
        Tensor centered = Centered(x.Reshape(batch, groups, channels / groups * places));
        Tensor normal = centered * Rsqrt(MeanSquare(centered) + epsilon);
        Tensor scaled = normal.Reshape(batch, channels, places) * gain.Reshape(channels, 1) + bias.Reshape(channels, 1);
        return Reshape(scaled, x.Shape);
    }
}
