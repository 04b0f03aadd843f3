namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x · x.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: fp32, one rounding; ∞ for ±∞, NaN for NaN. Error: 0: exact to the format. Memory: its
    /// input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Square(x);</code></example>
    public static Tensor Square(Tensor x) => x * x;
}
