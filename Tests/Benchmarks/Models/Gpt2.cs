namespace ModelCompiler.Benchmarks.Models;

/// <summary>GPT-2 of 124 million parameters on short texts: 12 layers, 12 heads, width 768, 50,257 tokens, tied head.</summary>
[Model, Dim("B", Max = Gpt2.Batch), Dim("T", Max = Gpt2.Context)]
public sealed partial class Gpt2
{
    /// <summary>Different tokens.</summary>
    public const int Vocab = 50257;

    /// <summary>Tokens of one text.</summary>
    public const int Context = 64;

    /// <summary>Texts in a step.</summary>
    public const int Batch = 4;

    const int Width = 768, Heads = 12, Depth = 12;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width);
    readonly GptBlock[] blocks = Repeat(Depth, () => new GptBlock(Width, Heads));
    readonly LayerNorm final = new(Width);

    /// <summary>Mean nats per token.</summary>
    /// <param name="ids">[B, T]; tokens in [0, 50257).</param>
    /// <param name="targets">[B, T]; the token after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (GptBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(MatMul(final.Forward(x), tokens.Weight.T), targets);
    }
}
