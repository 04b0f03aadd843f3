namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The last two axes on and below a diagonal; zeros elsewhere.</summary>
    /// <param name="x">[.., M, N]; fp32.</param>
    /// <param name="diagonal">0 for the main one; positive to the right of it.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, tril. Numerics: nothing is computed; what is cut off does not count, even NaN. Error: 0. Memory:
    /// nothing. Errors: MC1002 for fewer than two axes.
    /// </remarks>
    /// <example><code>Tensor mask = Tril(BroadcastTo(1, new Shape(time, time)));</code></example>
    public static Tensor Tril(Tensor x, int diagonal = 0)
    {
        using var scope = OperatorScope.Of(nameof(Tril));
        Dim rows = x.Shape[-2];
        Tensor column = Cast(Range(x.Shape[-1])), row = Cast(Range(rows)).Reshape(rows, 1);
        return Where(column <= row + diagonal, x, 0);
    }
}
