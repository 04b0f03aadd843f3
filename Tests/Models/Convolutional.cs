namespace ModelCompiler.Tests.Models;

/// <summary>Enough channels that convolutions go by transformed tiles, forward and backward, with batch norm and pooling.</summary>
[Model, Dim("B", Max = 4), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class Convolutional
{
    readonly Conv2d stem = new(1, 16, kernel: 3, padding: 1), wide = new(16, 16, kernel: 3, padding: 1, bias: false);
    readonly BatchNorm norm = new(16);
    readonly Linear head = new(16, 3);

    public Tensor Scores([Shape("B", "1", "8", "8")] Tensor images) =>
        head.Forward(GlobalAveragePool(Relu(norm.Forward(wide.Forward(Relu(stem.Forward(images)))))));

    [Loss]
    public Tensor Loss([Shape("B", "1", "8", "8")] Tensor images, [Shape("B")] Tensor<int> labels) => CrossEntropy(Scores(images), labels);
}
