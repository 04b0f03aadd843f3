namespace ModelCompiler.Tests.Models.Odd;

/// <summary>Batch norm and dropout in repeated layers, noise before and behind them, in training and in evaluation.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class NormalizedLayers
{
    readonly NormalizedLayer[] layers = Repeat(3, () => new NormalizedLayer());
    readonly BatchNorm last = new(4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x) => Mean(Forward(x) * x);

    public Tensor Forward([Shape("B", "4")] Tensor x)
    {
        x += 0.1 * RandomUniform(x.Shape);
        foreach (NormalizedLayer layer in layers) x = layer.Forward(x);
        return last.Forward(x) + Dropout(x, 0.25) * RandomUniform(x.Shape);
    }
}

/// <summary>Draws twice and keeps two states.</summary>
[Model]
public sealed partial class NormalizedLayer
{
    readonly Linear linear = new(4, 4);
    readonly BatchNorm norm = new(4, momentum: 0.3);
    readonly Dropout dropout = new(0.3);

    public Tensor Forward(Tensor x) => dropout.Forward(Tanh(norm.Forward(linear.Forward(x)))) + Dropout(x, 0.5);
}

/// <summary>Layers that alternate, walked over backwards, each with a state that is read again after it has changed.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class AlternatingStates
{
    readonly Following[] layers = Repeat(5, i => new Following(i % 2 == 0));
    readonly State count = State.Zeros(1);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        for (int i = layers.Length - 1; i >= 0; i--) x = layers[i].Forward(x);
        count.Value = count + 1;
        count.Value = 2 * count;
        return Mean(x * x) * (1 + count.Value.Reshape());
    }
}

/// <summary>Follows the mean of its input.</summary>
[Model]
public sealed partial class Following(bool isNoisy)
{
    readonly Linear linear = new(4, 4);
    readonly State centre = State.Constant(0.5, 4);

    public Tensor Forward(Tensor x)
    {
        if (IsTraining) centre.Value = 0.5 * centre + 0.5 * Mean(x, 0).Reshape(4);
        Tensor y = Tanh(linear.Forward(x - centre));
        return isNoisy ? y * RandomUniform(y.Shape) : y;
    }
}

/// <summary>Draws at every step of time, in repeated layers, in a fold inside of them, and between.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6)]
public sealed partial class DrawsInLoops
{
    readonly NoisyScan[] layers = Repeat(2, () => new NoisyScan());

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        Tensor y = Permute(x, 1, 0, 2);
        foreach (NoisyScan layer in layers)
        {
            y = layer.Forward(y) + Dropout(y, 0.1);
            y *= RandomUniform(new Shape(4));
        }
        for (int i = 0; i < 3; i++) y = Dropout(y, 0.2) + 0.5 * y;
        return Mean(y * RandomUniform(y.Shape));
    }
}

/// <summary>Noise over time and over layers.</summary>
[Model]
public sealed partial class NoisyScan
{
    readonly Linear[] parts = Repeat(3, () => new Linear(4, 4));

    public Tensor Forward(Tensor x)
    {
        (_, Tensor all) = Scan(x, BroadcastTo(0, new Shape(x.Shape[1], 4)), (item, state) =>
            Tanh(0.5 * Dropout(state, 0.4) + item * RandomUniform(item.Shape)));
        return Fold(parts, all, (part, y) => Dropout(Tanh(part.Forward(y)), 0.3) * RandomUniform(new Shape(y.Shape[1], 1)));
    }
}

/// <summary>One norm applied again and again: a loop that changes a state is unrolled.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class TiedNorm
{
    readonly BatchNorm norm = new(4);
    readonly Linear linear = new(4, 4);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        for (int i = 0; i < 3; i++) x = Tanh(linear.Forward(norm.Forward(x)));
        return Mean(x * x);
    }
}

/// <summary>A state that takes an argument, and one that nothing in evaluation reads.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class StateOfArgument
{
    readonly Linear linear = new(4, 4);
    readonly State seen = State.Ones(4, 4), ignored = State.Zeros(2);

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x, [Shape("4", "4")] Tensor table)
    {
        Tensor y = MatMul(linear.Forward(x), seen);
        if (IsTraining)
        {
            seen.Value = table.T;
            ignored.Value = ignored + 1;
        }
        else y = y + 0;
        return Mean(y * y);
    }
}
