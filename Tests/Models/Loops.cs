namespace ModelCompiler.Tests.Models;

/// <summary>A parameter used inside and outside a loop.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class InsideAndOutside
{
    readonly Linear shared = new(6, 6);
    readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x)
    {
        Tensor h = shared.Forward(x);
        foreach (Linear layer in layers) h = Tanh(layer.Forward(h) + shared.Forward(h));
        return Mean(Mean(h * h, 1), 0).Reshape();
    }
}

/// <summary>One block applied several times.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class OneBlockManyTimes
{
    readonly Linear block = new(5, 5);

    public Tensor Apply([Shape("B", "5")] Tensor x)
    {
        for (int i = 0; i < 4; i++) x = Tanh(block.Forward(x)) + x;
        return x;
    }

    [Loss]
    public Tensor Loss([Shape("B", "5")] Tensor x) => Mean(Mean(Apply(x) * Apply(x), 1), 0).Reshape();
}

/// <summary>A bias that the first layer makes and all use (T5).</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 7)]
public sealed partial class FirstLayersBias
{
    readonly BiasedMixer[] layers = Repeat(3, () => new BiasedMixer(4, 7));

    [Loss]
    public Tensor Loss([Shape("B", "T", "4")] Tensor x)
    {
        Tensor bias = layers[0].Bias(x.Length(1));
        foreach (BiasedMixer layer in layers) x += layer.Forward(x, bias);
        return Mean(Mean(Mean(x * x, 2), 1), 0).Reshape();
    }
}

[Model]
public sealed partial class BiasedMixer(int width, int longest)
{
    readonly Linear mix = new(width, width);
    readonly Tensor table = Parameter.Normal(0.5, longest, longest);

    public Tensor Bias(Dim length) => Slice(Slice(table, 0, 0, length), 1, 0, length);

    public Tensor Forward(Tensor x, Tensor bias) => MatMul(Softmax(MatMul(x, mix.Forward(x).T) + bias), x) + 0.1 * Sum(Sum(table, 1), 0).Reshape();
}

/// <summary>Skip connections collected in one loop and consumed in another, from the last to the first (U-Net).</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class SkipConnections
{
    const int Depth = 3;

    readonly Linear[] down = Repeat(Depth, () => new Linear(6, 6));
    readonly Linear[] up = Repeat(Depth, () => new Linear(6, 6));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x)
    {
        var skips = new Tensor[Depth];
        for (int i = 0; i < Depth; i++)
        {
            x = Tanh(down[i].Forward(x));
            skips[i] = x;
        }
        for (int i = Depth - 1; i >= 0; i--) x = Tanh(up[i].Forward(x + skips[i]));
        return Mean(Mean(x * x, 1), 0).Reshape();
    }
}

/// <summary>A loop in a loop.</summary>
[Model, Dim("B", Max = 8)]
public sealed partial class NestedLoops
{
    readonly Stage[] stages = Repeat(2, () => new Stage());

    [Loss]
    public Tensor Loss([Shape("B", "4")] Tensor x)
    {
        foreach (Stage stage in stages) x = stage.Forward(x);
        return Mean(Mean(x * x, 1), 0).Reshape();
    }
}

[Model]
public sealed partial class Stage
{
    readonly Linear first = new(4, 4);
    readonly Linear[] rest = Repeat(3, () => new Linear(4, 4));

    public Tensor Forward(Tensor x)
    {
        x = Tanh(first.Forward(x));
        foreach (Linear layer in rest) x += Tanh(layer.Forward(x));
        return x;
    }
}

/// <summary>A recurrent network: a loop over time with two states.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 9)]
public sealed partial class Recurrent
{
    readonly Embedding tokens = new(11, 5);
    readonly Lstm memory = new(5, 6);
    readonly Linear head = new(6, 11);

    public Tensor Logits([Shape("B", "T")] Tensor<int> ids) => head.Forward(memory.Forward(tokens[ids]));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) => CrossEntropy(Logits(ids), targets);
}

/// <summary>A perceptron with two entry points beside the loss.</summary>
[Model, Dim("B", Max = 32)]
public sealed partial class Perceptron
{
    readonly Linear hidden = new(64, 32), output = new(32, 10);

    public Tensor Logits([Shape("B", "64")] Tensor x) => output.Forward(Relu(hidden.Forward(x)));

    public (Tensor Probabilities, Tensor Hidden) Explain([Shape("B", "64")] Tensor x) => (Softmax(Logits(x)), Relu(hidden.Forward(x)));

    [Loss]
    public Tensor Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}
