namespace Demo;

[Model, Dim("B", Max = 8)]
public sealed partial class Broken
{
    readonly Linear one = new(6, 5), two = new(6, 5);

    public Tensor Apply([Shape("B", "6")] Tensor x) => two.Forward(one.Forward(x));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x, [Shape("B")] Tensor<int> labels) => CrossEntropy(Apply(x), labels);
}
