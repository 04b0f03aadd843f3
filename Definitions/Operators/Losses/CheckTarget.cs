namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Broadcasting a loss is hardly ever meant: [B, 1] and [B] would compare everything with everything.
    /// </summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    static void CheckTarget(string loss, Tensor prediction, Tensor target)
    {
        if (!prediction.Shape.Equals(target.Shape))
            throw new ShapeException(
                $"{loss}: the target is {target.Shape} but the prediction is {prediction.Shape}. Give them one shape " +
                    "with Reshape or BroadcastTo", target) { Id = "MC1117" };
    }
}
