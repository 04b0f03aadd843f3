namespace ModelCompiler.Benchmarks.Models;

/// <summary>64-32-10: so small that a step shows what a framework costs around its arithmetic.</summary>
[Model, Dim("B", Max = Mlp.Batch)]
public sealed partial class Mlp
{
    /// <summary>Numbers of one example.</summary>
    public const int Inputs = 64;

    /// <summary>Different labels.</summary>
    public const int Classes = 10;

    /// <summary>Examples in a step.</summary>
    public const int Batch = 32;

    const int Width = 32;

    readonly Linear hidden = new(Inputs, Width), output = new(Width, Classes);

    /// <summary>Mean nats per example.</summary>
    /// <param name="x">[B, 64]; fp32.</param>
    /// <param name="labels">[B]; in [0, 10).</param>
    [Loss]
    public Tensor Loss([Shape("B", "64")] Tensor x, [Shape("B")] Tensor<int> labels) =>
        CrossEntropy(output.Forward(Relu(hidden.Forward(x))), labels);
}
