namespace Samples.FashionMnist;

/// <summary>
/// Five convolutions with overlapping pooling and dropout before the full layers, as AlexNet for 28×28.
/// </summary>
/// <remarks>Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep CNNs (2012).</remarks>
[Model, Dim("B", Max = Images.Batch), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class AlexNet
{
    const int Full = 256;

    readonly Conv2d first = new(1, 32, 5, padding: 2), second = new(32, 64, 5, padding: 2);
    readonly Conv2d third = new(64, 96, 3, padding: 1), fourth = new(96, 96, 3, padding: 1);
    readonly Conv2d fifth = new(96, 64, 3, padding: 1);
    readonly Dropout before = new(0.5), between = new(0.5);
    readonly Linear sixth = new(64 * 3 * 3, Full), seventh = new(Full, Full), output = new(Full, Images.Classes);

    /// <summary>Scores of each kind: [B, 10].</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    public Tensor Logits([Shape("B", "1", "28", "28")] Tensor x)
    {
        Tensor y = MaxPool2d(Relu(first.Forward(x)), 3, stride: 2, padding: 1);
        y = MaxPool2d(Relu(second.Forward(y)), 3, stride: 2, padding: 1);
        y = Relu(fourth.Forward(Relu(third.Forward(y))));
        y = MaxPool2d(Relu(fifth.Forward(y)), 3, stride: 2);
        y = before.Forward(y.Reshape(x.Length(0), 64 * 3 * 3));
        y = between.Forward(Relu(sixth.Forward(y)));
        return output.Forward(Relu(seventh.Forward(y)));
    }

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 1, 28, 28]; grey levels in [0, 1].</param>
    /// <param name="labels">[B]; kinds.</param>
    [Loss]
    public Tensor Loss([Shape("B", "1", "28", "28")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(Logits(x), labels);
}
