namespace ModelCompiler.Tests.Models;

/// <summary>Values kept for looking at: in a loop over layers, inside a library layer, in the root's body.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 6), Tap("blocks.*.hidden", "logits"), Tap("blocks.1.attention.query", "blocks.1.shares")]
public sealed partial class Tapped
{
    readonly Embedding tokens = new(9, 8);
    readonly TappedBlock[] blocks = Repeat(3, () => new TappedBlock(8));

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids];
        foreach (TappedBlock block in blocks) x = block.Forward(x);
        Tensor logits = MatMul(x, tokens.Weight.T);
        return CrossEntropy(logits, targets);
    }
}

[Model]
public sealed partial class TappedBlock(int width)
{
    readonly CausalSelfAttention attention = new(width, 2);
    readonly Linear up = new(width, 5), down = new(5, width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(x);
        Tensor hidden = Tanh(up.Forward(x));
        Tensor shares = Softmax(hidden);
        return x + down.Forward(hidden * shares);
    }
}

/// <summary>Values that stop being finite at known places: a logarithm in the second layer of a loop, a root's gradient.</summary>
[Model, Dim("B", Max = 4), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class Diverging
{
    readonly DivergingBlock[] blocks = Repeat(3, () => new DivergingBlock());
    readonly Linear head = new(5, 3);

    [Loss]
    public Tensor Loss([Shape("B", "5")] Tensor x, [Shape("B", "5")] Tensor y)
    {
        foreach (DivergingBlock block in blocks) x = block.Forward(x);
        Tensor root = Sqrt(y);
        Tensor result = head.Forward(x + root);
        return Mean(Mean(result * result, 1), 0);
    }
}

[Model]
public sealed partial class DivergingBlock
{
    readonly Linear mix = new(5, 5);
    readonly Tensor scale = Parameter.Ones(5);

    public Tensor Forward(Tensor x)
    {
        Tensor logarithm = Log(scale * 2);
        return mix.Forward(x) * logarithm;
    }
}
