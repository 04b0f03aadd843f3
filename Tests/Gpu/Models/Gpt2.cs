namespace ModelCompiler.Gpu.Models;

/// <summary>
/// GPT-2 of 124 million parameters: 12 layers, 12 heads, width 768, tied head; the vocabulary of 50,257 is rounded up to
/// whole tiles. Source: Radford et al., Language Models are Unsupervised Multitask Learners (2019).
/// </summary>
[Model, Precision(Precision.BFloat16), Targets(Target.Cpu | Target.Cuda)]
[Dim("B", Max = Gpt2.Batch), Dim("T", Max = Gpt2.Context)]
public sealed partial class Gpt2
{
    /// <summary>Different tokens, to a multiple of 128.</summary>
    public const int Vocab = 50304;

    /// <summary>Tokens of one text.</summary>
    public const int Context = 1024;

    /// <summary>Texts in a step.</summary>
    public const int Batch = 64;

    internal const int Width = 768, Heads = 12, Depth = 12;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width);
    readonly Gpt2Block[] blocks = Repeat(Depth, () => new Gpt2Block(Width, Heads));
    readonly LayerNorm final = new(Width);

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
