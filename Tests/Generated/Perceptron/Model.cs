namespace Demo;

[Model, Dim("B", Max = 32), Optimizers(typeof(AdamW), typeof(Sgd))]
public sealed partial class Perceptron
{
    readonly Linear hidden = new(64, 32), output = new(32, 10);

    public Tensor Logits([Shape("B", "64")] Tensor x) => output.Forward(Relu(hidden.Forward(x)));

    [Loss]
    public Tensor Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
}
