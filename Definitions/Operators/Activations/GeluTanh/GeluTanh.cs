namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>GELU by the tanh approximation, as GPT-2 uses it.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Hendrycks and Gimpel, Gaussian Error Linear Units, section 2 (2016). Numerics: fp32; ∞ for ∞, NaN for -∞
    /// (-∞ · 0, as in PyTorch) and for NaN. Error: 1e-6 relative to the larger of 1 and |x|. Memory: its input. Errors:
    /// none.
    /// </remarks>
    /// <example><code>Tensor y = GeluTanh(up.Forward(x));</code></example>
    public static Tensor GeluTanh(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(GeluTanh));
        return 0.5 * x * (1.0 + Tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    }
}
