namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of |prediction - target|, also called L1; the gradient of an error of 0 is 0.</summary>
    /// <param name="prediction">Any shape; fp32.</param>
    /// <param name="target">The shape of prediction; fp32.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Laplace, Théorie Analytique des Probabilités (1812). Numerics: fp32; NaN for NaN. Error: 2e-6 relative.
    /// Memory: both inputs. Errors: MC1117 where the shapes differ.
    /// </remarks>
    /// <example><code>Tensor loss = MeanAbsoluteError(Forward(x), y);</code></example>
    public static Tensor MeanAbsoluteError(Tensor prediction, Tensor target)
    {
        using var scope = OperatorScope.Of(nameof(MeanAbsoluteError));
        CheckTarget(nameof(MeanAbsoluteError), prediction, target);
        return Mean(Abs(prediction - target));
    }
}
