namespace Samples.FashionMnist;

/// <summary>
/// Two convolutions of 5×5 with pooling, then three full layers, as LeNet-5 with today's activations.
/// </summary>
/// <remarks>LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998).</remarks>
[Model, Dim("B", Max = Images.Batch), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class LeNet
{
    readonly Conv2d first = new(1, 6, 5, padding: 2), second = new(6, 16, 5);
    readonly Linear third = new(16 * 5 * 5, 120), fourth = new(120, 84), output = new(84, Images.Classes);

    /// <summary>Scores of each kind: [B, 10].</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    public Tensor Logits([Shape("B", "1", "28", "28")] Tensor x)
    {
        Tensor y = MaxPool2d(Relu(first.Forward(x)), 2);
        y = MaxPool2d(Relu(second.Forward(y)), 2);
        y = Relu(third.Forward(y.Reshape(x.Length(0), 16 * 5 * 5)));
        return output.Forward(Relu(fourth.Forward(y)));
    }

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    /// <param name="labels">[B]; kinds.</param>
    [Loss]
    public Tensor Loss([Shape("B", "1", "28", "28")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(Logits(x), labels);
}
