namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Products of tensors summed over the axes that the result does not name, by the notation of Einstein.
    /// </summary>
    /// <param name="pattern">
    /// For each operand a letter an axis, commas between operands, then -> and the letters of the result:
    /// "bhtd,bhsd->bhts". Without -> the result has the letters that occur once, in alphabetical order. Letters may
    /// stand in an operand twice, which takes the diagonal; "..." stands for leading axes, which broadcast.
    /// </param>
    /// <param name="operands">Any shapes, as many axes as letters; fp32.</param>
    /// <returns>An axis for each letter of the result; fp32.</returns>
    /// <remarks>
    /// Source: Einstein, The Foundation of the General Theory of Relativity, section 5 (1916); NumPy, einsum. Numerics:
    /// matrix products in fp32, from left to right; their operands are views wherever strides can say it. Error: 2e-6
    /// relative to the sums of magnitudes. Memory: the operands and each product on the way. Errors: MC1124 for a
    /// pattern that cannot be read, MC1125 where shapes do not fit it.
    /// </remarks>
    /// <example><code>Tensor scores = Einsum("bhtd,bhsd-&gt;bhts", query, key);</code></example>
    public static Tensor Einsum(string pattern, params Tensor[] operands)
    {
        using var scope = OperatorScope.Of(nameof(Einsum));
        return new EinsumNotation(pattern, operands).Evaluate();
    }
}
