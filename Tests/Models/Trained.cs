namespace ModelCompiler.Tests.Models;

/// <summary>Every optimizer on tables, stacked layers of odd widths and tensors of one axis.</summary>
[Model, Dim("B", Max = 6), Optimizers(typeof(AdamW), typeof(Sgd), typeof(Lion), typeof(Adafactor), typeof(Muon))]
public sealed partial class Trained
{
    readonly Embedding tokens = new(11, 10);
    readonly OddBlock[] blocks = Repeat(3, () => new OddBlock(10, 13));
    readonly Linear head = new(10, 7);

    public Tensor Logits([Shape("B")] Tensor<int> ids)
    {
        Tensor x = tokens[ids];
        foreach (OddBlock block in blocks) x = block.Forward(x);
        return head.Forward(x);
    }

    [Loss]
    public Tensor Loss([Shape("B")] Tensor<int> ids, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(ids), labels);
}

[Model]
public sealed partial class OddBlock(int width, int inner)
{
    readonly LayerNorm before = new(width);
    readonly Linear up = new(width, inner), down = new(inner, width);

    public Tensor Forward(Tensor x) => x + down.Forward(Gelu(up.Forward(before.Forward(x))));
}

/// <summary>A model of which a table, the norms of all blocks and a layer's field are left as they are.</summary>
[Model, Dim("B", Max = 6), Frozen("tokens.*", "blocks.*.before.*"), Optimizers(typeof(AdamW), typeof(Adafactor), typeof(Muon))]
public sealed partial class PartlyFrozen
{
    readonly Embedding tokens = new(11, 10);
    readonly OddBlock[] blocks = Repeat(3, () => new OddBlock(10, 13));
    [Frozen] readonly Linear middle = new(10, 10);
    readonly Linear head = new(10, 7);

    public Tensor Logits([Shape("B")] Tensor<int> ids)
    {
        Tensor x = tokens[ids];
        foreach (OddBlock block in blocks) x = block.Forward(x);
        return head.Forward(middle.Forward(x));
    }

    [Loss]
    public Tensor Loss([Shape("B")] Tensor<int> ids, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(ids), labels);
}

/// <summary>The same without anything frozen, to compare with.</summary>
[Model, Dim("B", Max = 6)]
public sealed partial class NotFrozen
{
    readonly Embedding tokens = new(11, 10);
    readonly OddBlock[] blocks = Repeat(3, () => new OddBlock(10, 13));
    readonly Linear middle = new(10, 10);
    readonly Linear head = new(10, 7);

    [Loss]
    public Tensor Loss([Shape("B")] Tensor<int> ids, [Shape("B")] Tensor<int> labels)
    {
        Tensor x = tokens[ids];
        foreach (OddBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(head.Forward(middle.Forward(x)), labels);
    }
}

/// <summary>A loss with two metrics, one of which shares the forward pass and one that only it needs.</summary>
[Model, Dim("B", Max = 6)]
public sealed partial class Measured
{
    readonly Linear hidden = new(5, 8), head = new(8, 3);

    [Loss]
    public (Tensor Loss, Tensor Size, Tensor share) Loss([Shape("B", "5")] Tensor x, [Shape("B")] Tensor<int> labels)
    {
        Tensor h = Tanh(hidden.Forward(x)), logits = head.Forward(h);
        Tensor active = Where(h > 0, 1, 0);
        return (CrossEntropy(logits, labels), Mean(Mean(logits * logits, 1), 0), Mean(Mean(active, 1), 0));
    }
}
