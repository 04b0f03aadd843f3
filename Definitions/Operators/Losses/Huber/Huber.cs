namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The mean of e²/2 where the error e is at most delta, and of delta · (|e| - delta/2) beyond.</summary>
    /// <param name="prediction">Any shape; fp32.</param>
    /// <param name="target">The shape of prediction; fp32.</param>
    /// <param name="delta">Where squares end; above 0.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: Huber, Robust Estimation of a Location Parameter (1964). Numerics: fp32; NaN for NaN. Error: 2e-6
    /// relative. Memory: both inputs. Errors: MC1117 where the shapes differ, MC1118 for a delta that is not above 0.
    /// </remarks>
    /// <example><code>Tensor loss = Huber(Forward(x), y);</code></example>
    public static Tensor Huber(Tensor prediction, Tensor target, double delta = 1)
    {
        using var scope = OperatorScope.Of(nameof(Huber));
        CheckTarget(nameof(Huber), prediction, target);
        if (!(delta > 0))
            throw new ShapeException(
                $"Huber: delta is {delta}. Give a number above 0, or use MeanAbsoluteError") { Id = "MC1118" };
        Tensor error = prediction - target, size = Abs(error);
        return Mean(Where(size <= delta, 0.5 * error * error, delta * (size - 0.5 * delta)));
    }
}
