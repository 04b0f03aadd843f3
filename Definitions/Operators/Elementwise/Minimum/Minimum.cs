using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The smaller of a and b, element by element; the gradient of equal elements goes to a.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: fp32, one rounding; NaN if either is. Error: 0: exact.
    /// Memory: both inputs. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Minimum(a, b);</code></example>
    public static Tensor Minimum(Tensor a, Tensor b) =>
        Tensor.Apply(Primitives.Minimum, Shape.Broadcast(a.Shape, b.Shape, "Minimum"), a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Minimum = new("minimum", PrimitiveKind.Elementwise, "the smaller of a and b",
        MinimumFacet(),
        d => [d.Like(Where(LessOrEqual(d.In(0), d.In(1)), d.Dy, 0), 0),
            d.Like(Where(Less(d.In(1), d.In(0)), d.Dy, 0), 1)]);

    private static partial PrimitiveFacet MinimumFacet();
}
