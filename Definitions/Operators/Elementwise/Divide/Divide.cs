namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>a / b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; ∞ and NaN as there: 1 / 0 is ∞, 0 / 0 NaN. Error: 0: exact
    /// to the format. Memory: b and the result. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Divide(a, b);</code></example>
    public static Tensor Divide(Tensor a, Tensor b) =>
        Tensor.Apply(Primitives.Divide, Shape.Broadcast(a.Shape, b.Shape, "Divide"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Divide = new("divide", PrimitiveKind.Elementwise, "a / b", DivideFacet(),
        d => [d.Like(d.Dy / d.In(1), 0), d.Like(-d.Dy * d.Out / d.In(1), 1)]);

    private static partial PrimitiveFacet DivideFacet();
}
