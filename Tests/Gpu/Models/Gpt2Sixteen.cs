namespace ModelCompiler.Gpu.Models;

/// <summary><see cref="Gpt2"/> for devices with less memory: at most 16 texts in a step.</summary>
[Model, Precision(Precision.BFloat16), Targets(Target.Cpu | Target.Cuda)]
[Dim("B", Max = Gpt2Sixteen.Batch), Dim("T", Max = Gpt2.Context)]
public sealed partial class Gpt2Sixteen
{
    /// <summary>Texts in a step.</summary>
    public const int Batch = 16;

    readonly Embedding tokens = new(Gpt2.Vocab, Gpt2.Width);
    readonly Embedding positions = new(Gpt2.Context, Gpt2.Width);
    readonly Gpt2Block[] blocks = Repeat(Gpt2.Depth, () => new Gpt2Block(Gpt2.Width, Gpt2.Heads));
    readonly LayerNorm final = new(Gpt2.Width);

    /// <summary>Mean nats per token.</summary>
    /// <param name="ids">[B, T]; tokens in [0, 50304).</param>
    /// <param name="targets">[B, T]; the token after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (Gpt2Block block in blocks) x = block.Forward(x);
        return CrossEntropy(MatMul(final.Forward(x), tokens.Weight.T), targets);
    }
}
