namespace Samples.CharLstm;

/// <summary>A long short-term memory over characters.</summary>
[Model, Dim("B", Max = CharLstm.Batch), Dim("T", Max = CharLstm.Context), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class CharLstm
{
    /// <summary>
    /// Rows of the character table; the text has 81 characters, rounded up to whole vectors of 16 numbers.
    /// </summary>
    public const int Vocab = 96;

    /// <summary>Characters of a stretch, which starts from a zero state.</summary>
    public const int Context = 64;

    /// <summary>The most stretches in one step.</summary>
    public const int Batch = 32;

    const int Width = 256;

    readonly Embedding characters = new(Vocab, Width / 2);
    readonly Lstm memory = new(Width / 2, Width);
    readonly Linear head = new(Width, Vocab);

    /// <summary>Scores of the next character at every place: [B, T, 96].</summary>
    /// <param name="ids">[B, T]; characters.</param>
    public Tensor Logits([Shape("B", "T")] Tensor<int> ids) => head.Forward(memory.Forward(characters[ids]));

    /// <summary>Mean negative log-likelihood of the next characters, in nats.</summary>
    /// <param name="ids">[B, T]; characters.</param>
    /// <param name="targets">[B, T]; what follows each.</param>
    [Loss]
    public Tensor Loss([Shape("B", "T")] Tensor<int> ids, [Shape("B", "T")] Tensor<int> targets) =>
        CrossEntropy(Logits(ids), targets);
}
