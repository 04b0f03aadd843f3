namespace ModelCompiler.Gpu.Models;

/// <summary><see cref="Gpt2"/> as small as the simulator needs it: 2 layers, 2 heads, width 128, 512 tokens.</summary>
[Model, Precision(Precision.BFloat16), Targets(Target.Cpu | Target.Cuda)]
[Dim("B", Max = Gpt2Small.Batch), Dim("T", Max = Gpt2Small.Context)]
public sealed partial class Gpt2Small
{
    /// <summary>Different tokens.</summary>
    public const int Vocab = 512;

    /// <summary>Tokens of one text.</summary>
    public const int Context = 64;

    /// <summary>Texts in a step.</summary>
    public const int Batch = 2;

    const int Width = 128, Heads = 2, Depth = 2;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width);
    readonly Gpt2Block[] blocks = Repeat(Depth, () => new Gpt2Block(Width, Heads));
    readonly LayerNorm final = new(Width);

    /// <summary>Mean nats per token.</summary>
    /// <param name="ids">[B, T]; tokens in [0, 512).</param>
    /// <param name="targets">[B, T]; the token after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (Gpt2Block block in blocks) x = block.Forward(x);
        return CrossEntropy(MatMul(final.Forward(x), tokens.Weight.T), targets);
    }
}
