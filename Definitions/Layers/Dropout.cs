namespace ModelCompiler;

/// <summary>Drops elements in training, see <see cref="Operators.Dropout"/>; changes nothing in evaluation.</summary>
/// <remarks>
/// Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014). Parameters:
/// none.
/// </remarks>
/// <param name="rate">Probability of 0, in [0, 1).</param>
public sealed class Dropout(double rate)
{
    /// <summary>Applies the layer.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <example><code>x = dropout.Forward(x);</code></example>
    public Tensor Forward(Tensor x) => Operators.Dropout(x, rate);
}
