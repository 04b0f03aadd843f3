namespace ModelCompiler.Tests.Models;

/// <summary>More operators, to be given infinities and NaN.</summary>
[Model, Dim("N", Max = 80)]
public sealed partial class NotFiniteOperators
{
    public (Tensor Abs, Tensor Sign, Tensor Square, Tensor Floor, Tensor Round, Tensor Sin, Tensor Cos, Tensor Log1p) Functions([Shape("N")] Tensor x) =>
        (Abs(x), Sign(x), Square(x), Floor(x), Round(x), Sin(x), Cos(x), Log1p(x));

    public (Tensor Softplus, Tensor Silu, Tensor LeakyRelu, Tensor Clamp, Tensor Cube, Tensor Root) Activated([Shape("N")] Tensor x) =>
        (Softplus(x), Silu(x), LeakyRelu(x), Clamp(x, -1, 1), Pow(x, 3), Pow(x, 0.3));

    public (Tensor Pow, Tensor Greater, Tensor GreaterOrEqual, Tensor NotEqual, Tensor And, Tensor Or) Pairs([Shape("N")] Tensor a, [Shape("N")] Tensor b) =>
        (Pow(a, b), Cast(a > b), Cast(a >= b), Cast(NotEqual(a, b)), Cast(a > 0 & b > 0), Cast(!(a > 0) | b > 0));

    public (Tensor Min, Tensor LogSumExp, Tensor LogSoftmax, Tensor Variance, Tensor ArgMax, Tensor ArgMin, Tensor RMSNorm, Tensor Sums) Rows([Shape("5", "N")] Tensor x) =>
        (Min(x, 1), LogSumExp(x, 1), LogSoftmax(x), Variance(x, 1), Cast(ArgMax(x, 1)), Cast(ArgMin(x, 1)), RMSNorm(x, BroadcastTo(1, new Shape(x.Length(1)))),
            CumulativeSum(x, 1));
}
