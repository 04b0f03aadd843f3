using System.Globalization;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// In training, each element becomes 0 with the given probability and the others grow by 1 / (1 - rate), so that
    /// the mean stays; in evaluation, x.
    /// </summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="rate">Probability of 0, in [0, 1).</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014). Numerics:
    /// the numbers of <see cref="RandomUniform"/>. Error: 2e-7 relative.
    /// Memory: nothing; the gradient draws the mask again. Errors: MC1015 for a rate outside [0, 1).
    /// </remarks>
    /// <example><code>x = Dropout(x, 0.1);</code></example>
    public static Tensor Dropout(Tensor x, double rate)
    {
        if (!(rate is >= 0 and < 1))
            throw new ShapeException(
                $"Dropout: a rate of {rate.ToString(CultureInfo.InvariantCulture)} is no probability below 1; use 0 " +
                    "to 0.5 or so") { Id = "MC1015" };
        if (!IsTraining || rate == 0) return x;
        using var scope = OperatorScope.Of(nameof(Dropout));
        return Where(Less(RandomUniform(x.Shape), rate), BroadcastTo(0, x.Shape), x * (1 / (1 - rate)));
    }
}
