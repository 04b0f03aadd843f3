using System;

namespace Samples.CharGpt;

/// <summary>
/// Measures a model on the last tenth of the text. Windows overlap so that every character that counts has a past of at
/// least <c>CharGpt.Context - Fresh</c> characters, as in ordinary reading; each counts exactly once.
/// </summary>
sealed class Validation
{
    /// <summary>
    /// Characters that count in each window, at its end. Fewer give a longer past and take more time.
    /// </summary>
    const int Fresh = CharGpt.Context * 3 / 4;

    readonly CharacterCorpus corpus;
    readonly CharGpt.Session session;
    readonly int[] ids = new int[CharGpt.Batch * CharGpt.Context];
    readonly int[] starts = new int[CharGpt.Batch];
    readonly float[] logits = new float[CharGpt.Batch * CharGpt.Context * CharGpt.Vocab];

    /// <summary>Makes the buffers; measuring allocates nothing.</summary>
    public Validation(CharacterCorpus corpus, CharGpt.Session session)
    {
        this.corpus = corpus;
        this.session = session;
    }

    /// <summary>Windows that cover the whole validation part.</summary>
    public int Windows => (corpus.ValidationLength + Fresh - 1) / Fresh;

    /// <summary>The mean over all characters of the validation part, or over windows spread evenly across it.</summary>
    /// <param name="windows">From 1 to <see cref="Windows"/>.</param>
    /// <returns>Nats per character.</returns>
    public double NatsPerCharacter(int windows)
    {
        double nats = 0;
        long characters = 0;
        for (int first = 0; first < windows; first += CharGpt.Batch)
        {
            int rows = Math.Min(CharGpt.Batch, windows - first);
            for (int row = 0; row < rows; row++)
            {
                starts[row] = corpus.TrainingLength + (int)((long)(first + row) * Windows / windows) * Fresh;
                corpus.Copy(WindowStart(starts[row]), ids.AsSpan(row * CharGpt.Context, CharGpt.Context));
            }
            session.Logits(
                ids.AsSpan(0, rows * CharGpt.Context), logits.AsSpan(0, rows * CharGpt.Context * CharGpt.Vocab),
                    B: rows, T: CharGpt.Context);
            for (int row = 0; row < rows; row++)
            {
                int end = Math.Min(starts[row] + Fresh, corpus.Length);
                for (int target = starts[row]; target < end; target++)
                {
                    int place = row * CharGpt.Context + target - 1 - WindowStart(starts[row]);
                    nats += Surprise(logits.AsSpan(place * CharGpt.Vocab, CharGpt.Vocab), corpus.Tokens[target]);
                }
                characters += end - starts[row];
            }
        }
        return nats / characters;
    }

    /// <summary>
    /// Where a window begins whose last targets begin at <paramref name="start"/>; the last window is moved back to fit
    /// the text.
    /// </summary>
    int WindowStart(int start) => Math.Min(start + Fresh, corpus.Length) - 1 - CharGpt.Context;

    /// <summary>-log softmax(logits)[token].</summary>
    static double Surprise(ReadOnlySpan<float> logits, int token)
    {
        float largest = float.NegativeInfinity;
        foreach (float x in logits) largest = Math.Max(largest, x);
        double sum = 0;
        foreach (float x in logits) sum += MathF.Exp(x - largest);
        return Math.Log(sum) + largest - logits[token];
    }
}
