namespace ModelCompiler.Benchmarks.Models;

/// <summary>ResNet-18 for 32 × 32 images: a stem of 64 channels, then stages of 64, 128, 256 and 512, two blocks each.</summary>
[Model, Dim("B", Max = Batch)]
public sealed partial class ResNet18
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Size = 32;

    /// <summary>Colours.</summary>
    public const int Colours = 3;

    /// <summary>What images are told apart as.</summary>
    public const int Classes = 10;

    /// <summary>Images in a step.</summary>
    public const int Batch = 32;

    readonly Conv2d stem = new(Colours, 64, 3, padding: 1, bias: false);
    readonly BatchNorm norm = new(64);
    readonly ResidualBlock first = new(64, 64, 1), second = new(64, 64, 1);
    readonly ResidualBlock third = new(64, 128, 2), fourth = new(128, 128, 1);
    readonly ResidualBlock fifth = new(128, 256, 2), sixth = new(256, 256, 1);
    readonly ResidualBlock seventh = new(256, 512, 2), eighth = new(512, 512, 1);
    readonly Linear head = new(512, Classes);

    /// <summary>Scores of each class: [B, 10].</summary>
    /// <param name="x">[B, 3, 32, 32]; colours.</param>
    public Tensor Logits([Shape("B", "3", "32", "32")] Tensor x)
    {
        Tensor y = Relu(norm.Forward(stem.Forward(x)));
        y = second.Forward(first.Forward(y));
        y = fourth.Forward(third.Forward(y));
        y = sixth.Forward(fifth.Forward(y));
        y = eighth.Forward(seventh.Forward(y));
        return head.Forward(GlobalAveragePool(y));
    }

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 3, 32, 32]; colours.</param>
    /// <param name="labels">[B]; classes.</param>
    [Loss]
    public Tensor Loss([Shape("B", "3", "32", "32")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(Logits(x), labels);
}
