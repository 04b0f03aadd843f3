namespace ModelCompiler.Tests.Models;

/// <summary>Operators as they come, to be given infinities and NaN.</summary>
[Model, Dim("N", Max = 80)]
public sealed partial class NotFinite
{
    public (Tensor Exp, Tensor Log, Tensor Sqrt, Tensor Rsqrt, Tensor Tanh, Tensor Erf) Functions([Shape("N")] Tensor x) =>
        (Exp(x), Log(x), Sqrt(x), Rsqrt(x), Tanh(x), Erf(x));

    public (Tensor Relu, Tensor Sigmoid, Tensor Gelu, Tensor GeluTanh) Activated([Shape("N")] Tensor x) => (Relu(x), Sigmoid(x), Gelu(x), GeluTanh(x));

    public (Tensor Add, Tensor Subtract, Tensor Multiply, Tensor Divide, Tensor Maximum, Tensor Minimum) Arithmetic([Shape("N")] Tensor a, [Shape("N")] Tensor b) =>
        (a + b, a - b, a * b, a / b, Maximum(a, b), Minimum(a, b));

    public (Tensor Less, Tensor LessOrEqual, Tensor Equal, Tensor Where) Conditions([Shape("N")] Tensor a, [Shape("N")] Tensor b) =>
        (Where(Less(a, b), 1, 0), Where(LessOrEqual(a, b), 1, 0), Where(Equal(a, b), 1, 0), Where(Less(a, b), a, b));

    public (Tensor Max, Tensor Sum, Tensor Mean, Tensor Softmax, Tensor LayerNorm) Rows([Shape("5", "N")] Tensor x) =>
        (Max(x, 1), Sum(x, 1), Mean(x, 1), Softmax(x), LayerNorm(x, BroadcastTo(1, new Shape(x.Length(1))), BroadcastTo(0, new Shape(x.Length(1)))));

    public (Tensor Max, Tensor Sum, Tensor Product) Columns([Shape("5", "N")] Tensor x) => (Max(x, 0), Sum(x, 0), MatMul(x, x.T));

    public Tensor Entropy([Shape("5", "N")] Tensor x, [Shape("5")] Tensor<int> labels) => CrossEntropy(x, labels);

    public Tensor Mixed([Shape("N", "5")] Tensor x) => Attention(x, x, x, causal: true);
}
