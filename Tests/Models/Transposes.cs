namespace ModelCompiler.Tests.Models;

/// <summary>Every combination of transposed operands, with parameters as they lie in the arena and results that are transposed again.</summary>
[Model, Dim("B", Max = 20)]
public sealed partial class Transposes
{
    readonly Tensor wide = Parameter.Normal(0.3, 6, 18);
    readonly Tensor tall = Parameter.Normal(0.3, 18, 6);
    readonly Tensor square = Parameter.Normal(0.3, 6, 6);

    public (Tensor Plain, Tensor Left, Tensor Right, Tensor Both) Products([Shape("B", "6")] Tensor x) =>
        (MatMul(x, wide), MatMul(x.T, x), MatMul(x, tall.T), MatMul(wide.T, x.T));

    [Loss]
    public Tensor Loss([Shape("B", "6")] Tensor x)
    {
        (Tensor plain, Tensor left, Tensor right, Tensor both) = Products(MatMul(x, square) + MatMul(square, x.T).T);
        return Mean(Mean(Tanh(plain) * right + both.T, 1), 0).Reshape() + Mean(Mean(Tanh(0.1 * left), 1), 0).Reshape();
    }
}
