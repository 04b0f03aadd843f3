namespace ModelCompiler.Tests.Models;

/// <summary>Recurrent layers one on another, and one both ways.</summary>
[Model, Dim("B", Max = 4), Dim("T", Max = 9), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class RecurrentLayers
{
    readonly Gru gated = new(5, 6);
    readonly BidirectionalLstm both = new(6, 3, forgetBias: 1);
    readonly Lstm[] stacked = Repeat(2, () => new Lstm(6, 6, forgetBias: 1));
    readonly Linear head = new(6, 2, bias: false, initializer: Initializer.XavierUniform());

    public Tensor Forward([Shape("B", "T", "5")] Tensor x)
    {
        Tensor h = both.Forward(gated.Forward(x));
        foreach (Lstm layer in stacked) h = layer.Forward(h);
        return head.Forward(h);
    }

    [Loss]
    public Tensor Loss([Shape("B", "T", "5")] Tensor x, [Shape("B", "T", "2")] Tensor y) => Huber(Forward(x), y, delta: 0.3);
}

/// <summary>Norms, a gated feed-forward part, and every way a weight can start.</summary>
[Model, Dim("B", Max = 6), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class NormedLayers
{
    readonly Linear first = new(8, 12, initializer: Initializer.HeNormal());
    readonly GroupNorm groups = new(3, 6);
    readonly RMSNorm root = new(12);
    readonly SwiGlu feed = new(12, 20);
    readonly Linear[] rest = Repeat(3, () => new Linear(12, 12, bias: false, Initializer.Orthogonal(1.2)));
    readonly Linear last = new(12, 4, initializer: Initializer.TruncatedNormal(0.3));

    public Tensor Forward([Shape("B", "8")] Tensor x)
    {
        Tensor h = first.Forward(x);
        h = Flatten(LeakyRelu(groups.Forward(h.Reshape(h.Length(0), 6, 2)), 0.1), 1);
        h += feed.Forward(root.Forward(h));
        foreach (Linear layer in rest) h = Softplus(layer.Forward(h));
        return last.Forward(h);
    }

    [Loss]
    public Tensor Loss([Shape("B", "8")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(Forward(x), labels, ignoredIndex: -1, labelSmoothing: 0.1);
}

/// <summary>Labels that may not count, and rows of a table that are computed.</summary>
[Model, Dim("N", Max = 40)]
public sealed partial class Labelled
{
    readonly Linear head = new(6, 5, bias: false);

    [Loss]
    public Tensor Loss([Shape("N", "6")] Tensor x, [Shape("N")] Tensor<int> labels) => CrossEntropy(head.Forward(x), labels, ignoredIndex: -100);

    public Tensor Looked([Shape("N", "6")] Tensor x) => Gather(head.Weight, ToInteger(Slice(x, 1, 0, 1)).Reshape(x.Length(0)));

    public Tensor Best([Shape("N", "6")] Tensor x) => Gather(head.Weight, ArgMax(x, 1).Reshape(x.Length(0)));

    public Tensor Rows([Shape("N")] Tensor<int> labels) => OneHot(labels, 5);
}
