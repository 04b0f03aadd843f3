using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Samples.Austen;

/// <summary>
/// A baseline without a network: how often each character followed the last five in the training text, mixed with how
/// often it followed the last four, and so on down to none.
/// </summary>
/// <remarks>
/// Source: Witten and Bell, The Zero-Frequency Problem (1991), method C, interpolated. With n the times a context was
/// seen, d the different characters seen after it and q the mixture of the shorter contexts, p(c) = (count(c) + d ·
/// q(c)) / (n + d). It starts from the uniform distribution over the alphabet, so every character has a chance.
/// </remarks>
sealed class CountModel
{
    /// <summary>Characters of context.</summary>
    public const int Order = 5;

    /// <summary>Bits of one character in a key: alphabets are at most 128 here.</summary>
    const int Bits = 7;

    readonly Dictionary<ulong, Continuations> contexts = [];
    readonly Dictionary<ulong, int> sequences = [];
    readonly int alphabet;

    /// <summary>Counts a text.</summary>
    /// <param name="text">Tokens below <paramref name="alphabet"/>.</param>
    /// <param name="alphabet">How many different characters there are; at most 128.</param>
    public CountModel(ReadOnlySpan<byte> text, int alphabet)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alphabet, 1 << Bits);
        this.alphabet = alphabet;
        for (int i = 0; i < text.Length; i++)
        {
            for (int order = 0; order <= Math.Min(Order, i); order++)
            {
                ulong context = Key(text.Slice(i - order, order));
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(sequences, Follow(context, text[i]),
                    out bool seen);
                ref Continuations after = ref CollectionsMarshal.GetValueRefOrAddDefault(contexts, context, out _);
                count++;
                after.Total++;
                if (!seen) after.Different++;
            }
        }
    }

    /// <summary>The mean cost of predicting a part of a text from what precedes it.</summary>
    /// <param name="text">Tokens; those before <paramref name="start"/> serve as context only.</param>
    /// <param name="start">The first character that counts.</param>
    /// <returns>Nats per character.</returns>
    public double NatsPerCharacter(ReadOnlySpan<byte> text, int start)
    {
        double nats = 0;
        for (int i = start; i < text.Length; i++) nats -= Math.Log(
            Probability(text[Math.Max(0, i - Order)..i], text[i]));
        return nats / (text.Length - start);
    }

    double Probability(ReadOnlySpan<byte> before, byte next)
    {
        double probability = 1.0 / alphabet;
        for (int order = 0; order <= before.Length; order++)
        {
            ulong context = Key(before[^order..]);
            if (!contexts.TryGetValue(context, out Continuations after)) break; // then no longer one was seen either
            sequences.TryGetValue(Follow(context, next), out int count);
            probability = (count + after.Different * probability) / (after.Total + after.Different);
        }
        return probability;
    }

    /// <summary>A number for a sequence; the leading one tells apart sequences of different lengths.</summary>
    static ulong Key(ReadOnlySpan<byte> sequence)
    {
        ulong key = 1;
        foreach (byte token in sequence) key = Follow(key, token);
        return key;
    }

    static ulong Follow(ulong key, byte token) => key << Bits | token;

    /// <summary>What followed one context.</summary>
    struct Continuations
    {
        public int Total, Different;
    }
}
