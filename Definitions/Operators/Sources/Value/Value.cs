namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>An axis length as a number to compute with.</summary>
    /// <param name="length">A constant or a dim.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: rounded to fp32 above 2^24. Error: 0 below 2^24.
    /// Memory: nothing. Errors: none.
    /// </remarks>
    /// <example><code>Tensor mean = Sum(x, 0) / Value(x.Length(0));</code></example>
    public static Tensor Value(Dim length) => length.IsConstant
        ? Constant(length.Constant)
        : Tensor.Apply(Primitives.Value, new OperationAttributes { Start = length }, new Shape());
}

public static partial class Primitives
{
    public static readonly Primitive Value = new("value", PrimitiveKind.Source, "an axis length as a number",
        ValueFacet());

    private static partial PrimitiveFacet ValueFacet();
}
