using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The magnitude of x; the gradient at 0 is 0.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; NaN for NaN. Error: 0: exact. Memory: its input. Errors: none.
    /// </remarks>
    /// <example><code>Tensor y = Abs(x);</code></example>
    public static Tensor Abs(Tensor x) => Tensor.Apply(Primitives.Abs, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Abs = new("abs", PrimitiveKind.Elementwise, "the size of x", AbsFacet(),
        d => [d.Dy * Sign(d.In(0))]);

    private static partial PrimitiveFacet AbsFacet();
}
