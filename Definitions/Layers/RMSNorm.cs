namespace ModelCompiler;

/// <summary>Scales the last axis to a mean square of 1, then by a gain.</summary>
/// <remarks>
/// Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019). Parameters: gain [width] of ones.
/// </remarks>
/// <param name="width">Length of the last axis.</param>
/// <param name="epsilon">Added to the mean square.</param>
public sealed class RMSNorm(int width, double epsilon = 1e-5)
{
    /// <summary>[width].</summary>
    public Tensor Gain { get; } = Parameter.Ones(width);

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[.., width]; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <example><code>Tensor y = before.Forward(x);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank == 0 || x.Shape[-1] != width)
            throw new ShapeException(
                $"RMSNorm({width}): the last axis of x is not {width} (x: {x.Shape}). Construct the layer with " +
                    "that length, or change x", x)
                { Id = "MC1126" };
        return Operators.RMSNorm(x, Gain, epsilon);
    }
}
