namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Operators of the user's own, with and without gradients written by hand, in repeated layers and over time.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class OwnOperators
{
    readonly Linear[] layers = Repeat(3, () => new Linear(4, 4));
    readonly Tensor slope = Parameter.Normal(0.5, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (Linear layer in layers) x = Activations.Slow(layer.Forward(x)) + Activations.Sloped(x, slope);
        Tensor y = Activations.Fast(x) + Activations.Rounded(x, 0.5);
        (Tensor last, _) = Scan(y, BroadcastTo(0, new Shape(4)), (item, state) => Activations.Fast(item + 0.5 * state));
        return Mean(y * y) + Mean(last);
    }
}

/// <summary>Four operators.</summary>
public static class Activations
{
    [Operator]
    public static Tensor Slow(Tensor x) => x * Sigmoid(1.5 * x);

    /// <summary>The same with the derivative that a pencil gives.</summary>
    [Operator]
    public static Tensor Fast(Tensor x)
    {
        Tensor gate = Sigmoid(1.5 * x);
        return WithGradient(x * gate, dy => [dy * (gate + 1.5 * x * gate * (1 - gate))], x);
    }

    /// <summary>A rule that is no derivative: straight through.</summary>
    [Operator]
    public static Tensor Rounded(Tensor x, double threshold) =>
        WithGradient(Where(x > threshold, BroadcastTo(1, x.Shape), BroadcastTo(0, x.Shape)), dy => [0.5 * dy], x);

    /// <summary>Of two inputs, one of them a parameter.</summary>
    [Operator]
    public static Tensor Sloped(Tensor x, Tensor slope) =>
        WithGradient(x * slope, dy => [dy * slope, 2 * Sum(dy * x, 0).Reshape(4)], x, slope);
}
