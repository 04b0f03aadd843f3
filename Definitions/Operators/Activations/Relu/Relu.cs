namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>max(x, 0).</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010). Numerics: exact;
    /// NaN for NaN. Error: 0.
    /// Memory: its input. The gradient at 0 is 0, as in PyTorch. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Relu(up.Forward(x));</code></example>
    public static Tensor Relu(Tensor x)
    {
        using var scope = OperatorScope.Of(nameof(Relu));
        return Maximum(0, x);
    }
}
