namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>x, but no less than one bound and no more than the other.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="low">The least result.</param>
    /// <param name="high">The largest result; not below the least.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, clip. Numerics: exact; NaN for NaN. Error: 0: exact. Memory: its input. The gradient passes
    /// between the bounds and at them, as in PyTorch. Errors: MC1112 where the bounds are the wrong way round.
    /// </remarks>
    /// <example><code>Tensor y = Clamp(x, -1, 1);</code></example>
    public static Tensor Clamp(Tensor x, double low, double high)
    {
        using var scope = OperatorScope.Of(nameof(Clamp));
        if (!(low <= high))
            throw new ShapeException(
                $"Clamp: nothing is between {low} and {high}. Give the lower bound first") { Id = "MC1112" };
        return Minimum(Maximum(x, low), high);
    }
}
