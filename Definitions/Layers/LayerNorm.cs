namespace ModelCompiler;

/// <summary>Normalises the last axis to mean 0 and variance 1, then scales and shifts it.</summary>
/// <remarks>
/// Source: Ba, Kiros and Hinton, Layer Normalization (2016). Parameters: gain [width] of ones, bias [width] of zeros.
/// </remarks>
/// <param name="width">Length of the last axis.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class LayerNorm(int width, double epsilon = 1e-5)
{
    /// <summary>[width].</summary>
    public Tensor Gain { get; } = Parameter.Ones(width);

    /// <summary>[width].</summary>
    public Tensor Bias { get; } = Parameter.Zeros(width);

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[.., width]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <example><code>Tensor y = before.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank == 0 || x.Shape[-1] != width)
            throw new ShapeException(
                $"LayerNorm({width}): the last axis of x is not {width} (x: {x.Shape}). Construct the layer with " +
                    "that length, or change x", x)
                { Id = "MC1106" };
        return Operators.LayerNorm(x, Gain, Bias, epsilon);
    }
}
