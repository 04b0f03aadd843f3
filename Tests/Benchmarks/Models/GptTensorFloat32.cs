namespace ModelCompiler.Benchmarks.Models;

/// <summary>The sample CharGpt in TensorFloat32: 4 layers, 4 heads, width 128, 96 characters, tied head.</summary>
[Model, Precision(Precision.TensorFloat32), Dim("B", Max = GptTensorFloat32.Batch), Dim("T", Max = GptTensorFloat32.Context)]
public sealed partial class GptTensorFloat32
{
    /// <summary>Different characters.</summary>
    public const int Vocab = 96;

    /// <summary>Characters of one text.</summary>
    public const int Context = 64;

    /// <summary>Texts in a step.</summary>
    public const int Batch = 16;

    const int Width = 128, Heads = 4, Depth = 4;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width, deviation: 0.1);
    readonly GptBlock[] blocks = Repeat(Depth, () => new GptBlock(Width, Heads));
    readonly LayerNorm final = new(Width);

    /// <summary>Scores of each next character: [B, T, 96].</summary>
    /// <param name="ids">[B, T]; in [0, 96).</param>
    public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (GptBlock block in blocks) x = block.Forward(x);
        return MatMul(final.Forward(x), tokens.Weight.T);
    }

    /// <summary>Mean nats per character.</summary>
    /// <param name="ids">[B, T]; in [0, 96).</param>
    /// <param name="targets">[B, T]; the character after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) =>
        CrossEntropy(Logits(ids), targets);
}
