namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x / √(mean of x² + ε) · gain over the last axis.</summary>
    /// <param name="x">[.., C]; fp32.</param>
    /// <param name="gain">[C]; fp32.</param>
    /// <param name="epsilon">Added to the mean square; above 0.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019). Numerics: fp32; a row that holds NaN is
    /// NaN. Error: 3e-6 relative to the row's largest element. Memory: its input and row means. Errors: MC1126 where
    /// gain is not [C] or x is a scalar.
    /// </remarks>
    /// <example><code>Tensor y = RMSNorm(x, Gain);</code></example>
    public static Tensor RMSNorm(Tensor x, Tensor gain, double epsilon = 1e-5)
    {
        using var scope = OperatorScope.Of(nameof(RMSNorm));
        if (x.Shape.Rank == 0 || !gain.Shape.Equals(new Shape(x.Shape[-1])))
            throw new ShapeException(
                $"RMSNorm: gain is {gain.Shape} but x is {x.Shape}. Give it the length of the last " +
                "axis of x", gain) { Id = "MC1126" };
        return x * Rsqrt(Mean(x * x, -1) + epsilon) * gain;
    }
}
