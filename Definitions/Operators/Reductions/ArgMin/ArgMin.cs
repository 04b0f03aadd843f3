namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Where along one axis the smallest element stands; of equal ones the first.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="axis">Which axis; negative from the end.</param>
    /// <returns>The shape of x with that axis of length 1; int in [0, length).</returns>
    /// <remarks>
    /// Source: NumPy, argmin. Numerics: exact; of a row with NaN the first NaN. Error: 0: exact. Memory: nothing saved;
    /// no gradient flows. Errors: MC1002 for an axis out of range, MC1115 for an axis that may be longer than 2^24.
    /// </remarks>
    /// <example><code>Tensor&lt;int&gt; place = ArgMin(x, -1);</code></example>
    public static Tensor<int> ArgMin(Tensor x, int axis)
    {
        using var scope = OperatorScope.Of(nameof(ArgMin));
        return FirstPlace(x, Min(x, axis), axis, nameof(ArgMin));
    }
}
