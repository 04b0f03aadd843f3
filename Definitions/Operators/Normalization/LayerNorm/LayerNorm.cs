namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>(x - mean) / √(variance + ε) · gain + bias over the last axis.</summary>
    /// <param name="x">[.., C]; fp32.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="bias">[C]; fp32.</param>
    /// <param name="epsilon">Added to the variance; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Ba, Kiros and Hinton, Layer Normalization (2016). Numerics: two passes, variance of centred values,
    /// fp32; a row that holds NaN or ∞ is NaN. Error: 5e-6 relative to the row's largest element. Memory: its input,
    /// row means and variances. Errors: MC1106 where gain or bias is not [C].
    /// </remarks>
    /// <example><code>Tensor y = LayerNorm(x, Gain, Bias);</code></example>
    public static Tensor LayerNorm(Tensor x, Tensor gain, Tensor bias, double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(LayerNorm));
        Shape row = new(x.Shape[-1]);
        if (!gain.Shape.Equals(row))
            throw new ShapeException(
                $"LayerNorm: gain is {gain.Shape} but the last axis of x is {row[0]} (x: {x.Shape}). Give it the " +
                    $"shape {row}", gain) { Id = "MC1106" };
        if (!bias.Shape.Equals(row))
            throw new ShapeException(
                $"LayerNorm: bias is {bias.Shape} but the last axis of x is {row[0]} (x: {x.Shape}). Give it the " +
                    $"shape {row}", bias) { Id = "MC1106" };
        Tensor centered = Centered(x);
        return centered * Rsqrt(MeanSquare(centered) + epsilon) * gain + bias;
    }

    /// <summary>The row's mean taken away: the shape of x.</summary>
    static Tensor Centered(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Centered));
        return x - Mean(x, -1);
    }

    /// <summary>The mean square of what has mean 0: [.., C] → [.., 1].</summary>
    static Tensor MeanSquare(Tensor centered)
    {
        using var scope = OperatorScope.Of(nameof(Variance));
        return Sum(centered * centered, -1) / Value(centered.Shape[-1]);
    }
}
