using System;

namespace Samples.Austen;

/// <summary>What measuring and writing ask of a trained model: a session's method, and the sizes it takes.</summary>
/// <param name="Logits">Scores of the next character at every place.</param>
/// <param name="Batch">The largest B.</param>
/// <param name="Context">The largest T.</param>
/// <param name="Vocab">Scores of a place.</param>
sealed record CharacterModel(CharacterModel.LogitsOf Logits, int Batch, int Context, int Vocab)
{
    /// <param name="ids">[B, T].</param>
    /// <param name="logits">[B, T, V]; written.</param>
    /// <param name="B">Stretches.</param>
    /// <param name="T">Characters of a stretch.</param>
    public delegate void LogitsOf(ReadOnlySpan<int> ids, Span<float> logits, int B, int T);
}
