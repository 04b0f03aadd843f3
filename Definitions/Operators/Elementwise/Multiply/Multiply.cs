namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>a * b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; ∞ and NaN as there, so ∞ · 0 is NaN. Error: 0: exact to the
    /// format. Memory: both inputs. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Multiply(a, b);</code></example>
    public static Tensor Multiply(Tensor a, Tensor b) =>
        Tensor.Apply(Primitives.Multiply, Shape.Broadcast(a.Shape, b.Shape, "Multiply"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Multiply = new("multiply", PrimitiveKind.Elementwise, "a * b", MultiplyFacet(),
        d => [d.Like(d.Dy * d.In(1), 0), d.Like(d.Dy * d.In(0), 1)]);

    private static partial PrimitiveFacet MultiplyFacet();
}
