namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x above 0, slope · x below.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="slope">Of the negative side.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013). Numerics:
    /// fp32, one rounding; NaN for NaN. Error: 1e-7 relative. Memory: its input. The gradient at 0 is the slope, as in
    /// PyTorch. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = LeakyRelu(x);</code></example>
    public static Tensor LeakyRelu(Tensor x, double slope = 0.01)
    {
        using var scope = OperatorScope.Of(nameof(LeakyRelu));
        return Where(x > 0, x, slope * x);
    }
}
