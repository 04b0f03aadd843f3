namespace Samples.FashionMnist;

/// <summary>
/// A residual network of 32, 64 and 128 channels, one block each after a stem, with batch normalization.
/// </summary>
/// <remarks>He et al., Deep Residual Learning for Image Recognition (2016).</remarks>
[Model, Dim("B", Max = Images.Batch), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class ResNet
{
    const int Width = 32;

    readonly Conv2d stem = new(1, Width, 3, padding: 1, bias: false);
    readonly BatchNorm norm = new(Width);
    readonly ResidualBlock first = new(Width, Width, 1), second = new(Width, 2 * Width, 2);
    readonly ResidualBlock third = new(2 * Width, 4 * Width, 2);
    readonly Linear output = new(4 * Width, Images.Classes);

    /// <summary>Scores of each kind: [B, 10].</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    public Tensor Logits([Shape("B", "1", "28", "28")] Tensor x)
    {
        Tensor y = Relu(norm.Forward(stem.Forward(x)));
        y = third.Forward(second.Forward(first.Forward(y)));
        return output.Forward(GlobalAveragePool(y));
    }

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    /// <param name="labels">[B]; kinds.</param>
    [Loss]
    public Tensor Loss([Shape("B", "1", "28", "28")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(Logits(x), labels);
}
