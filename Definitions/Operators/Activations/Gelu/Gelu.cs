namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x · Φ(x), Φ the normal distribution function: the exact form.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Hendrycks and Gimpel, Gaussian Error Linear Units, section 2 (2016). Numerics: fp32, erf by rational
    /// pieces; ∞ for ∞, NaN for -∞ (-∞ · 0, as in PyTorch) and for NaN. Error: 1e-6 relative to the larger of 1 and
    /// |x|. Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Gelu(up.Forward(x));</code></example>
    public static Tensor Gelu(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Gelu));
        return 0.5 * x * (1.0 + Erf(x * 0.7071067811865476));
    }
}
