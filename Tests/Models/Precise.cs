namespace ModelCompiler.Tests.Models;

/// <summary>A layer in f16 between layers in fp32, with a state.</summary>
[Model, Precision(Precision.Float16), Dim("B", Max = 20)]
public sealed partial class HalfNet
{
    readonly Linear first = new(6, 24);
    readonly BatchNorm norm = new(24);
    [Precision(Precision.Float32)] readonly Linear second = new(24, 5);
    readonly Linear third = new(5, 3);

    public Tensor Scores([Shape("B", "6")] Tensor x) => third.Forward(Tanh(second.Forward(Relu(norm.Forward(first.Forward(x))))));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Scores(x), labels);
}

/// <summary>What a class says goes before what the field that holds it says.</summary>
[Model, Precision(Precision.Float32)]
public sealed partial class ExactPart(int width)
{
    readonly Linear layer = new(width, width);

    public Tensor Forward(Tensor x) => layer.Forward(x);
}

/// <summary>Images in bf16: convolutions, pooling, a repeated part, a table of rows.</summary>
[Model, Precision(Precision.BFloat16), Dim("B", Max = 4)]
public sealed partial class BrainNet
{
    readonly Conv2d convolution = new(2, 4, 3, padding: 1);
    readonly GroupNorm norm = new(2, 4);
    readonly Linear[] layers = Repeat(3, () => new Linear(16, 16));
    readonly ExactPart exact = new(16);
    readonly Embedding table = new(5, 16);

    public Tensor Features([Shape("B", "2", "4", "4")] Tensor image, [Shape("B")] Tensor<int> labels)
    {
        Tensor x = MaxPool2d(Relu(norm.Forward(convolution.Forward(image))), 2).Reshape(image.Length(0), 16);
        foreach (Linear layer in layers) x += Tanh(layer.Forward(x));
        return exact.Forward(x) + table[labels];
    }

    [Loss]
    public Tensor Loss([Shape("B", "2", "4", "4")] Tensor image, [Shape("B")] Tensor<int> labels) => Mean(Square(Features(image, labels)));
}
