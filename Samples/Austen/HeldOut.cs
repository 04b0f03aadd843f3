using System;

namespace Samples.Austen;

/// <summary>
/// Measures a model on the last tenth of the text. Windows overlap so that every character that counts has a past of at
/// least a quarter of the context, as in ordinary reading; each counts exactly once.
/// </summary>
sealed class HeldOut
{
    readonly Novels novels;
    readonly CharacterModel model;
    readonly int fresh;
    readonly int[] ids, starts;
    readonly float[] logits;

    /// <summary>Makes the buffers; measuring allocates nothing.</summary>
    public HeldOut(Novels novels, CharacterModel model)
    {
        (this.novels, this.model) = (novels, model);
        // Characters that count in each window, at its end. Fewer give a longer past and take more time.
        fresh = model.Context * 3 / 4;
        ids = new int[model.Batch * model.Context];
        starts = new int[model.Batch];
        logits = new float[model.Batch * model.Context * model.Vocab];
    }

    /// <summary>Windows that cover the whole held-out part.</summary>
    public int Windows => (novels.HeldOutLength + fresh - 1) / fresh;

    /// <summary>The mean over the whole held-out part.</summary>
    /// <returns>Nats per character.</returns>
    public double NatsPerCharacter() => NatsPerCharacter(Windows);

    /// <summary>The mean over all characters of the held-out part, or over windows spread evenly across it.</summary>
    /// <param name="windows">From 1 to <see cref="Windows"/>.</param>
    /// <returns>Nats per character.</returns>
    public double NatsPerCharacter(int windows)
    {
        double nats = 0;
        long characters = 0;
        for (int first = 0; first < windows; first += model.Batch)
        {
            int rows = Math.Min(model.Batch, windows - first);
            for (int row = 0; row < rows; row++)
            {
                starts[row] = novels.TrainingLength + (int)((long)(first + row) * Windows / windows) * fresh;
                ReadOnlySpan<byte> window = novels.Tokens.Slice(WindowStart(starts[row]), model.Context);
                for (int i = 0; i < window.Length; i++) ids[row * model.Context + i] = window[i];
            }
            model.Logits(
                ids.AsSpan(0, rows * model.Context), logits.AsSpan(0, rows * model.Context * model.Vocab),
                rows, model.Context);
            for (int row = 0; row < rows; row++)
            {
                int end = Math.Min(starts[row] + fresh, novels.Length);
                for (int target = starts[row]; target < end; target++)
                {
                    int place = row * model.Context + target - 1 - WindowStart(starts[row]);
                    nats += Surprise(logits.AsSpan(place * model.Vocab, model.Vocab), novels.Tokens[target]);
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
    int WindowStart(int start) => Math.Min(start + fresh, novels.Length) - 1 - model.Context;

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
