namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>0, 1, .., length - 1.</summary>
    /// <param name="length">A constant or a dim.</param>
    /// <returns>[length]; int.</returns>
    /// <remarks>
    /// Source: NumPy, arange. Numerics: exact. Error: 0.
    /// Memory: nothing. Errors: none.
    /// </remarks>
    /// <example><code>Tensor&lt;int&gt; positions = Range(ids.Length(1));</code></example>
    public static Tensor<int> Range(Dim length) =>
        Tensor<int>.Apply(Primitives.Range, new OperationAttributes { Start = length }, new Shape(length), length);
}

public static partial class Primitives
{
    public static readonly Primitive Range = new("range", PrimitiveKind.Source, "0, 1, 2, ..", RangeFacet());

    private static partial PrimitiveFacet RangeFacet();
}
