namespace Samples.Digits;

/// <summary>Reads a digit from 8×8 grey levels: three convolutions of 3×3, of 32, 64 and 64 channels.</summary>
[Model, Dim("B", Max = DigitClassifier.Batch), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class DigitConvNet
{
    const int Side = 8, Width = 64;

    readonly Conv2d first = new(1, Width / 2, 3, padding: 1, bias: false);
    readonly Conv2d second = new(Width / 2, Width, 3, padding: 1, bias: false);
    readonly Conv2d third = new(Width, Width, 3, padding: 1, bias: false);
    readonly BatchNorm firstNorm = new(Width / 2), secondNorm = new(Width), thirdNorm = new(Width);
    readonly Dropout dropout = new(0.3);
    readonly Linear output = new(Width * 4, DigitClassifier.Classes);

    /// <summary>Scores of each digit: [B, 10].</summary>
    /// <param name="x">[B, 64]; grey levels in [0, 1].</param>
    public Tensor Logits([Shape("B", "64")] Tensor x)
    {
        Tensor image = x.Reshape(x.Length(0), 1, Side, Side);
        image = Relu(firstNorm.Forward(first.Forward(image)));
        image = MaxPool2d(Relu(secondNorm.Forward(second.Forward(image))), 2);
        image = MaxPool2d(Relu(thirdNorm.Forward(third.Forward(image))), 2);
        return output.Forward(dropout.Forward(image.Reshape(x.Length(0), Width * 4)));
    }

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 64]; grey levels in [0, 1].</param>
    /// <param name="labels">[B]; digits.</param>
    [Loss]
    public Tensor Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}
