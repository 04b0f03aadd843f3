namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of max(0, 1 - target · prediction): a margin of 1 costs nothing.</summary>
    /// <param name="prediction">Any shape; fp32, positive for one class and negative for the other.</param>
    /// <param name="target">The shape of prediction; fp32, 1 or -1.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Cortes and Vapnik, Support-Vector Networks (1995). Numerics: fp32; NaN for NaN. Error: 2e-6 relative to
    /// the mean of 1 + |target · prediction|. Memory: both inputs. The gradient at the margin is 0. Errors: MC1117
    /// where the shapes differ.
    /// </remarks>
    /// <example><code>Tensor loss = Hinge(Forward(x), labels);</code></example>
    public static Tensor Hinge(Tensor prediction, Tensor target)
    {
        using var scope = OperatorScope.Of(nameof(Hinge));
        CheckTarget(nameof(Hinge), prediction, target);
        return Mean(Maximum(0, 1 - target * prediction));
    }
}
