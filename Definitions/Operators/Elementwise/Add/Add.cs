namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>a + b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; ∞ and NaN as there, so ∞ - ∞ is NaN. Error: 0: exact to the
    /// format. Memory: nothing saved. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Add(a, b);</code></example>
    public static Tensor Add(Tensor a, Tensor b) =>
        Tensor.Apply(Primitives.Add, Shape.Broadcast(a.Shape, b.Shape, "Add"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Add = new("add", PrimitiveKind.Elementwise, "a + b", AddFacet(),
        d => [d.Like(d.Dy, 0), d.Like(d.Dy, 1)]);

    private static partial PrimitiveFacet AddFacet();
}
