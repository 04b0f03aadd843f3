namespace ModelCompiler.Benchmarks.Models;

/// <summary>The GPT that every peer is measured on: 6 layers, 6 heads, width 384, 512 tokens, tied head.</summary>
[Model, Dim("B", Max = NanoGpt.Batch), Dim("T", Max = NanoGpt.Context)]
public sealed partial class NanoGpt
{
    /// <summary>Different tokens.</summary>
    public const int Vocab = 512;

    /// <summary>Tokens of one text.</summary>
    public const int Context = 256;

    /// <summary>Texts in a step.</summary>
    public const int Batch = 8;

    const int Width = 384, Heads = 6, Depth = 6;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width);
    readonly GptBlock[] blocks = Repeat(Depth, () => new GptBlock(Width, Heads));
    readonly LayerNorm final = new(Width);

    /// <summary>Mean nats per token.</summary>
    /// <param name="ids">[B, T]; tokens in [0, 512).</param>
    /// <param name="targets">[B, T]; the token after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (GptBlock block in blocks) x = block.Forward(x);
        return CrossEntropy(MatMul(final.Forward(x), tokens.Weight.T), targets);
    }
}
