using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The same elements in the same order under other axes.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <param name="shape">As many elements as x.</param>
    /// <returns>The given shape; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, reshape. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1005 where the sizes differ.
    /// </remarks>
    /// <example><code>Tensor heads = Reshape(x, new Shape(batch, time, 4, 32));</code></example>
    public static Tensor Reshape(Tensor x, Shape shape) => Tensor.Apply(Primitives.Reshape, SameSize(x, shape), x);

    /// <inheritdoc cref="Reshape(Tensor, Shape)"/>
    public static Tensor<T> Reshape<T>(Tensor<T> x, Shape shape) where T : unmanaged =>
        Tensor<T>.Apply(Primitives.Reshape, SameSize(x, shape), x).Below(x.Limit);

    static Shape SameSize(TensorBase x, Shape shape) => x.Shape.Size == shape.Size ? shape : throw new ShapeException(
        $"Reshape: {x.Shape} has {x.Shape.Size} elements, {shape} has {shape.Size}. " +
            (shape.Dims.Any(d => d.IsConstant && d.Constant < 0)
                ? "A length is not worked out from the others: write it, such as x.Length(0), or use Flatten"
                : "Choose lengths with the same product"), x) { Id = "MC1005" };
}

public static partial class Primitives
{
    public static readonly Primitive Reshape = new("reshape", PrimitiveKind.View, "the same elements under other axes",
        ReshapeFacet(),
        d => [Reshape(d.Dy, d.ShapeOf(0))]);

    private static partial PrimitiveFacet ReshapeFacet();
}
