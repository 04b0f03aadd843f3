namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of (prediction - target)².</summary>
    /// <param name="prediction">Any shape; fp32.</param>
    /// <param name="target">The shape of prediction; fp32.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Gauss, Theoria Motus, section 179 (1809). Numerics: fp32; NaN for NaN. Error: 2e-6 relative. Memory:
    /// both inputs. Errors: MC1117 where the shapes differ.
    /// </remarks>
    /// <example><code>Tensor loss = MeanSquaredError(Forward(x), y);</code></example>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target)
    {
        using var scope = OperatorScope.Of(nameof(MeanSquaredError));
        CheckTarget(nameof(MeanSquaredError), prediction, target);
        Tensor error = prediction - target;
        return Mean(error * error);
    }
}
