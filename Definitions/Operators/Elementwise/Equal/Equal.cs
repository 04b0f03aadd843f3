namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Whether a equals b, element by element.</summary>
    /// <param name="a">Any shape that broadcasts with the other; fp32.</param>
    /// <param name="b">Any shape that broadcasts with the other; fp32.</param>
    /// <returns>The broadcast shape; bool.</returns>
    /// <remarks>
    /// Source: IEEE 754-2019. Numerics: exact; does not hold where either is NaN. Error: 0: exact.
    /// Memory: nothing saved; no gradient flows. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor&lt;bool&gt; same = Equal(a, b);</code></example>
    public static Tensor<bool> Equal(Tensor a, Tensor b) =>
        Tensor<bool>.Apply(Primitives.Equal, Shape.Broadcast(a.Shape, b.Shape, "Equal"), a, b);

    /// <inheritdoc cref="Equal(Tensor, Tensor)"/>
    public static Tensor<bool> Equal(Tensor<int> a, Tensor<int> b) =>
        Tensor<bool>.Apply(Primitives.Equal, Shape.Broadcast(a.Shape, b.Shape, "Equal"), a, b);

    /// <summary>Equal, of labels that must lie in [0, classes): generated code checks them where they enter.</summary>
    /// <param name="classes">[classes]; 0, 1, 2, ..</param>
    /// <param name="labels">[.., 1].</param>
    /// <param name="ignored">The one number outside [0, classes) that a label may be; 0 where there is none.</param>
    internal static Tensor<bool> IsLabel(Tensor<int> classes, Tensor<int> labels, int ignored = 0) =>
        Tensor<bool>.Apply(Primitives.Equal, new OperationAttributes { Number = 1, Start = ignored },
            Shape.Broadcast(classes.Shape, labels.Shape, "Equal"), classes, labels);
}

public static partial class Primitives
{
    public static readonly Primitive Equal = new("equal", PrimitiveKind.Elementwise, "whether a is b", EqualFacet());

    private static partial PrimitiveFacet EqualFacet();
}
