namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Real numbers as integers, what is behind the point cut off.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; int.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019, convertToIntegerTowardZero. Numerics: exact; the nearest int for what is too large, 0 for
    /// NaN. Error: 0: exact. Memory: nothing saved; no gradient flows. Errors: none.
    /// </remarks>
    /// <example><code>Tensor&lt;int&gt; rows = ToInteger(x);</code></example>
    public static Tensor<int> ToInteger(Tensor x) => Tensor<int>.Apply(Primitives.ToInteger, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive ToInteger = new("to_integer", PrimitiveKind.Elementwise,
        "a real number as an integer, towards 0", ToIntegerFacet());

    private static partial PrimitiveFacet ToIntegerFacet();
}
