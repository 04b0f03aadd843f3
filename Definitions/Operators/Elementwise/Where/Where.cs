using static ModelCompiler.Operators;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>a where the condition holds, b elsewhere.</summary>
    /// <param name="condition">Any shape that broadcasts with the others; bool.</param>
    /// <param name="a">Any shape that broadcasts; fp32.</param>
    /// <param name="b">Any shape that broadcasts; fp32.</param>
    /// <returns>The broadcast shape; fp32.</returns>
    /// <remarks>
    /// Source: NumPy, where. Numerics: no arithmetic; what is not chosen does not count, even NaN. Error: 0: exact.
    /// Memory: the condition. Errors: MC1003 where the shapes do not broadcast.
    /// </remarks>
    /// <example><code>Tensor y = Where(x &gt; 0, x, 0.01 * x);</code></example>
    public static Tensor Where(Tensor<bool> condition, Tensor a, Tensor b) => Tensor.Apply(Primitives.Where,
        Shape.Broadcast(condition.Shape, Shape.Broadcast(a.Shape, b.Shape, "Where"), "Where"), condition, a, b);
}

public static partial class Primitives
{
    public static readonly Primitive Where = new("where", PrimitiveKind.Elementwise,
        "a where the condition holds, else b", WhereFacet(),
        d => [null, d.Like(Where(d.Condition(0), d.Dy, 0), 1), d.Like(Where(d.Condition(0), 0, d.Dy), 2)]);

    private static partial PrimitiveFacet WhereFacet();
}
