using System;

namespace Samples.Austen;

/// <summary>
/// Writes text: one character at a time, each drawn from what the model expects after those before it.
/// </summary>
/// <param name="novels">Its alphabet is the only source of characters, though the model's table has more rows.</param>
/// <param name="model">The trained model.</param>
/// <param name="temperature">Below 1 the likely becomes likelier; above 0.</param>
/// <param name="seed">Equal seeds write equal text.</param>
sealed class Writer(Novels novels, CharacterModel model, float temperature, ulong seed)
{
    /// <summary>Steps of the random number that chooses.</summary>
    const int Resolution = 1 << 24;

    readonly float[] logits = new float[model.Context * model.Vocab];
    readonly double[] weights = new double[novels.AlphabetSize];

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">At least one character.</param>
    /// <param name="characters">How many to add.</param>
    /// <returns>The prompt and what follows.</returns>
    public string Continue(string prompt, int characters)
    {
        ArgumentException.ThrowIfNullOrEmpty(prompt);
        int[] start = novels.Encode(prompt);
        var text = new int[start.Length + characters];
        start.CopyTo(text, 0);
        for (int i = start.Length; i < text.Length; i++)
        {
            int past = Math.Min(i, model.Context);
            model.Logits(text.AsSpan(i - past, past), logits.AsSpan(0, past * model.Vocab), 1, past);
            text[i] = Choose(logits.AsSpan((past - 1) * model.Vocab, novels.AlphabetSize), i);
        }
        return novels.Decode(text);
    }

    int Choose(ReadOnlySpan<float> scores, int place)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores) largest = Math.Max(largest, score);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++) sum += weights[i] = Math.Exp((scores[i] - largest) / temperature);

        double left = sum * (Randomness.Below(Resolution, seed, place, RandomStreams.Sampling, 0) + 0.5) / Resolution;
        int token = 0;
        while (token < scores.Length - 1 && (left -= weights[token]) > 0) token++;
        return token;
    }
}
