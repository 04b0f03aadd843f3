namespace Samples.CharGpt;

/// <summary>
/// A small GPT over characters. Source: Radford et al., Language Models are Unsupervised Multitask Learners (2019).
/// </summary>
[Model, Dim("B", Max = CharGpt.Batch), Dim("T", Max = CharGpt.Context), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class CharGpt
{
    /// <summary>Rows of the table: the text has 81 characters, rounded up to whole vectors of 16 numbers.</summary>
    public const int Vocab = 96;

    /// <summary>The longest text the model sees at once, in characters.</summary>
    public const int Context = 64;

    /// <summary>The most texts in one step.</summary>
    public const int Batch = 16;

    const int Width = 128, Heads = 4, Depth = 4;

    readonly Embedding tokens = new(Vocab, Width);
    readonly Embedding positions = new(Context, Width, deviation: 0.1);
    readonly Block[] blocks = Repeat(Depth, () => new Block(Width, Heads));
    readonly LayerNorm final = new(Width);

    /// <summary>Scores of each next character: [B, T, 96].</summary>
    /// <param name="ids">[B, T]; tokens in [0, 96).</param>
    public Tensor Logits([Shape("B", "T")] Tensor<int> ids)
    {
        Tensor x = tokens[ids] + positions[Range(ids.Length(1))];
        foreach (Block block in blocks) x = block.Forward(x);
        return MatMul(final.Forward(x), tokens.Weight.T); // the head is the table itself
    }

    /// <summary>Mean nats per character.</summary>
    /// <param name="ids">[B, T]; tokens in [0, 96).</param>
    /// <param name="targets">[B, T]; the token after each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets)
        => CrossEntropy(Logits(ids), targets);
}
