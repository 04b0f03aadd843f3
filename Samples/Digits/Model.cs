namespace Samples.Digits;

/// <summary>Reads a digit from 8×8 grey levels: one hidden layer of 32.</summary>
[Model, Dim("B", Max = DigitClassifier.Batch), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class DigitClassifier
{
    /// <summary>Grey levels of one image, row by row.</summary>
    public const int Pixels = 64;

    /// <summary>Digits from 0 to 9.</summary>
    public const int Classes = 10;

    /// <summary>The most images in one step.</summary>
    public const int Batch = 32;

    const int Width = 32;

    readonly Linear hidden = new(Pixels, Width), output = new(Width, Classes);

    /// <summary>Scores of each digit: [B, 10].</summary>
    /// <param name="x">[B, 64]; grey levels in [0, 1].</param>
    public Tensor Logits([Shape("B", "64")] Tensor x) => output.Forward(Relu(hidden.Forward(x)));

    /// <summary>Mean negative log-likelihood, in nats.</summary>
    /// <param name="x">[B, 64]; grey levels in [0, 1].</param>
    /// <param name="labels">[B]; digits.</param>
    [Loss]
    public Tensor Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}
