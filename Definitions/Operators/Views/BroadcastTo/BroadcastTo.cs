namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Repeats along axes of length 1 and along new leading axes.</summary>
    /// <param name="x">A shape that broadcasts to the given one; fp32.</param>
    /// <param name="shape">The result.</param>
    /// <returns>The given shape; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, broadcast_to. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: MC1003 where x does not broadcast to the shape.
    /// </remarks>
    /// <example><code>Tensor zeros = BroadcastTo(0, new Shape(batch, width));</code></example>
    public static Tensor BroadcastTo(Tensor x, Shape shape) =>
        Shape.Broadcast(x.Shape, shape, "BroadcastTo").Equals(shape)
        ? Tensor.Apply(Primitives.BroadcastTo, shape, x)
        : throw new ShapeException($"BroadcastTo: {x.Shape} does not broadcast to {shape}", x) { Id = "MC1003" };
}

public static partial class Primitives
{
    public static readonly Primitive BroadcastTo = new("broadcast", PrimitiveKind.View, "repeated along axes",
        BroadcastToFacet(),
        d => [d.Like(d.Dy, 0)]);

    private static partial PrimitiveFacet BroadcastToFacet();
}
