using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>ln(1 + exp(x)), a smooth maximum of x and 0.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing (2000).
    /// Numerics: fp32, as max(x, 0) + ln(1 + exp(-|x|)), which overflows nowhere; 0 for -∞, ∞ for ∞, NaN for NaN.
    /// Error: 4e-7 relative. Memory: its input. The gradient is the logistic function, 1/2 at 0. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Softplus(x);</code></example>
    public static Tensor Softplus(Tensor x) => Tensor.Apply(Primitives.Softplus, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Softplus = new("softplus", PrimitiveKind.Elementwise,
        "logarithm of 1 + e^x", SoftplusFacet(),
        d => [d.Dy * Sigmoid(d.In(0))]);

    private static partial PrimitiveFacet SoftplusFacet();
}
