namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>One number.</summary>
    /// <param name="value">The number; rounded to fp32 when compiled.</param>
    /// <returns>[]; fp32.</returns>
    /// <remarks>
    /// Source: none. Numerics: rounded to fp32. Error: half an ulp.
    /// Memory: nothing. Errors: none.
    /// </remarks>
    /// <example><code>Tensor half = Constant(0.5);</code></example>
    public static Tensor Constant(double value) =>
        Tensor.Apply(Primitives.Constant, new OperationAttributes { Number = value }, new Shape());
}

public static partial class Primitives
{
    public static readonly Primitive Constant = new("constant", PrimitiveKind.Source, "one number", ConstantFacet());

    private static partial PrimitiveFacet ConstantFacet();
}
