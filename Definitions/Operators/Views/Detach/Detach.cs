namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The same numbers, through which no gradient flows.</summary>
    /// <param name="x">Any shape; fp32.</param>
    /// <returns>The shape of x; fp32.</returns>
    /// <remarks>
    /// Source: PyTorch, detach. Numerics: nothing is computed. Error: 0.
    /// Memory: nothing. Errors: none.
    /// </remarks>
    /// <example><code>Tensor shift = Detach(Max(x, -1));</code></example>
    public static Tensor Detach(Tensor x) => Tensor.Apply(Primitives.Detach, x.Shape, x);
}

public static partial class Primitives
{
    public static readonly Primitive Detach = new("detach", PrimitiveKind.View, "the same numbers, no gradient",
        DetachFacet());

    private static partial PrimitiveFacet DetachFacet();
}
