namespace ModelCompiler.Tests.Models;

/// <summary>The sample's architecture at the size of the reference figures in References.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 12), Optimizers(typeof(AdamW), typeof(Sgd))]
public sealed partial class SmallGpt
{
    readonly Embedding tokens = new(17, 24);
    readonly Embedding positions = new(12, 24);
    readonly SmallBlock[] blocks = Repeat(2, () => new SmallBlock(24, 3));
    readonly LayerNorm final = new(24);

    public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (SmallBlock block in blocks) x = block.Forward(x);
        return MatMul(final.Forward(x), tokens.Weight.T);
    }

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) => CrossEntropy(Logits(ids), targets);
}

[Model]
public sealed partial class SmallBlock(int width, int heads)
{
    readonly LayerNorm before = new(width), middle = new(width);
    readonly CausalSelfAttention attention = new(width, heads);
    readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(before.Forward(x));
        return x + down.Forward(Gelu(up.Forward(middle.Forward(x))));
    }
}
