namespace ModelCompiler.Tests.Models;

/// <summary>A small GPT that drops, for both targets and every optimizer.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 12), Targets(Target.Cpu | Target.Cuda)]
[Optimizers(typeof(AdamW), typeof(Sgd), typeof(Lion), typeof(Adafactor), typeof(Muon))]
public sealed partial class GptOnCuda
{
    readonly Embedding tokens = new(17, 24);
    readonly Embedding positions = new(12, 24);
    readonly DroppingBlock[] blocks = Repeat(2, () => new DroppingBlock(24, 3));
    readonly LayerNorm final = new(24);

    public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (DroppingBlock block in blocks) x = block.Forward(x);
        return MatMul(final.Forward(x), tokens.Weight.T);
    }

    [Loss]
    public (Tensor Loss, Tensor Right) Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor logits = Logits(ids);
        return (CrossEntropy(logits, targets), Accuracy(logits, targets));
    }
}

[Model]
public sealed partial class DroppingBlock(int width, int heads)
{
    readonly LayerNorm before = new(width), middle = new(width);
    readonly CausalSelfAttention attention = new(width, heads);
    readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(before.Forward(x));
        return x + down.Forward(Dropout(Gelu(up.Forward(middle.Forward(x))), 0.1));
    }
}

/// <summary>Images, with the states of a batch normalization.</summary>
[Model, Dim("B", Max = 6), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class ImagesOnCuda
{
    readonly Conv2d first = new(1, 4, 3, padding: 1), second = new(4, 8, 3);
    readonly BatchNorm norm = new(4);
    readonly Linear head = new(8, 5);

    public Tensor Logits([Shape("B", "1", "8", "8")] Tensor x)
    {
        x = MaxPool2d(Relu(norm.Forward(first.Forward(x))), 2);
        return head.Forward(GlobalAveragePool(Relu(second.Forward(x))));
    }

    [Loss]
    public Tensor Loss([Shape("B", "1", "8", "8")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}

/// <summary>A small GPT in 16 bits.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16), Targets(Target.Cpu | Target.Cuda), Precision(Precision.BFloat16)]
public sealed partial class BFloat16OnCuda
{
    readonly Embedding tokens = new(32, 32);
    readonly DroppingBlock[] blocks = Repeat(2, () => new DroppingBlock(32, 4));
    readonly Linear head = new(32, 32);

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids];
        foreach (DroppingBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(head.Forward(x), targets);
    }
}

/// <summary>The same in binary16, whose loss is scaled.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16), Targets(Target.Cpu | Target.Cuda), Precision(Precision.Float16)]
public sealed partial class Float16OnCuda
{
    readonly Embedding tokens = new(32, 32);
    readonly DroppingBlock[] blocks = Repeat(2, () => new DroppingBlock(32, 4));
    readonly Linear head = new(32, 32);

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids];
        foreach (DroppingBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(head.Forward(x), targets);
    }
}

/// <summary>The same with products in 8 bits.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16), Targets(Target.Cpu | Target.Cuda), Precision(Precision.Float8)]
public sealed partial class Float8OnCuda
{
    readonly Embedding tokens = new(32, 32);
    readonly DroppingBlock[] blocks = Repeat(2, () => new DroppingBlock(32, 4));
    readonly Linear head = new(32, 32);

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids];
        foreach (DroppingBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(head.Forward(x), targets);
    }
}

/// <summary>A perceptron around a residual, whose GELU and biases are epilogues of products.</summary>
[Model]
public sealed partial class GeluBlock(int width, int inner)
{
    readonly Linear up = new(width, inner), down = new(inner, width);

    public Tensor Forward(Tensor x) => x + down.Forward(GeluTanh(up.Forward(x)));
}

/// <summary>Two of them, one after the other.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16), Targets(Target.Cpu | Target.Cuda), Optimizers(typeof(Sgd))]
public sealed partial class GeluOnCuda
{
    readonly Embedding tokens = new(32, 16);
    readonly GeluBlock[] blocks = Repeat(2, () => new GeluBlock(16, 40));
    readonly Linear head = new(16, 32);

    public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = tokens[ids];
        foreach (GeluBlock block in blocks) x = block.Forward(x);
        return head.Forward(x);
    }

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) => CrossEntropy(Logits(ids), targets);
}

/// <summary>The same in bf16.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 16), Targets(Target.Cpu | Target.Cuda), Optimizers(typeof(Sgd)), Precision(Precision.BFloat16)]
public sealed partial class GeluInBFloat16OnCuda
{
    readonly Embedding tokens = new(32, 16);
    readonly GeluBlock[] blocks = Repeat(2, () => new GeluBlock(16, 40));
    readonly Linear head = new(16, 32);

    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids];
        foreach (GeluBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(head.Forward(x), targets);
    }
}

/// <summary>Rows of logits that no registers of a block hold.</summary>
[Model, Dim("B", Max = 4), Targets(Target.Cpu | Target.Cuda), Optimizers(typeof(Sgd))]
public sealed partial class LongRowsOnCuda
{
    public const int Classes = 20488;

    readonly Linear head = new(6, Classes);

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(head.Forward(x), labels);
}

/// <summary>The same in bf16.</summary>
[Model, Dim("B", Max = 4), Targets(Target.Cpu | Target.Cuda), Optimizers(typeof(Sgd)), Precision(Precision.BFloat16)]
public sealed partial class LongRowsInBFloat16OnCuda
{
    readonly Linear head = new(8, LongRowsOnCuda.Classes);

    [Loss]
    public Tensor Loss([Shape("B", "8")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(head.Forward(x), labels);
}

/// <summary>Sums over an axis in the middle, with more stretches than a grid has blocks in its second direction.</summary>
[Model, Dim("B", Max = 64), Dim("T", Max = 1030), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class SumsOnCuda
{
    readonly Tensor scale = Parameter.Normal(1, 3);

    public Tensor Sums([Shape("B", "T", "2", "3")] Tensor x) => Sum(x * scale, 2);
}
