namespace ModelCompiler.Benchmarks.Models;

/// <summary>Reductions along rows, each as an entry point of its own, to time the kernels of softmax and layer norm alone.</summary>
[Model, Dim("N", Max = RowOperators.Rows)]
public sealed partial class RowOperators
{
    /// <summary>Rows at most: the tokens of a step of <see cref="NanoGpt"/>.</summary>
    public const int Rows = 2048;

    /// <summary>Numbers of a row.</summary>
    public const int Width = 384;

    readonly LayerNorm norm = new(Width);

    /// <summary>Softmax of each row.</summary>
    /// <param name="x">[N, 384]; fp32.</param>
    public Tensor Probabilities([Shape("N", "384")] Tensor x) => Softmax(x);

    /// <summary>Layer norm of each row.</summary>
    /// <param name="x">[N, 384]; fp32.</param>
    public Tensor Normalized([Shape("N", "384")] Tensor x) => norm.Forward(x);

    /// <summary>Layer norm and its gradient.</summary>
    /// <param name="x">[N, 384]; fp32.</param>
    [Loss]
    public Tensor Loss([Shape("N", "384")] Tensor x) => Mean(Mean(norm.Forward(x) * x, 1), 0);
}
