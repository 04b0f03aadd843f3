using System;
using System.IO;
using System.Text;

namespace Samples.CharGpt;

/// <summary>
/// A text as one byte a character. The alphabet is what occurs in the text, in code point order; the first nine tenths
/// are for training and the last for validation.
/// </summary>
sealed class CharacterCorpus
{
    /// <summary>The largest alphabet a byte can number.</summary>
    const int MostCharacters = 256;

    /// <summary>Stands for a character that the text does not have.</summary>
    const int Absent = -1;

    readonly byte[] tokens;
    readonly Rune[] alphabet;

    /// <summary>Reads a text; its array becomes the tokens, so that the text is in memory only once.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="utf8">The text; overwritten.</param>
    /// <param name="vocabulary">How many different characters the model has room for.</param>
    /// <param name="context">The longest stretch that will be drawn, in characters.</param>
    /// <exception cref="InvalidDataException">
    /// The text is not UTF-8, too short, or has too many different characters.
    /// </exception>
    public CharacterCorpus(string name, byte[] utf8, int vocabulary, int context)
    {
        tokens = utf8;
        alphabet = Alphabet(name, utf8);
        if (alphabet.Length > Math.Min(vocabulary, MostCharacters))
        {
            throw new InvalidDataException(
                $"{name} has {alphabet.Length} different characters; the model has room for " +
                    $"{Math.Min(vocabulary, MostCharacters)}. Raise its Vocab.");
        }
        Length = Number(utf8, alphabet);
        TrainingLength = (int)((long)Length * 9 / 10);
        if (ValidationLength <= context)
        {
            throw new InvalidDataException(
                $"{name} has {Length} characters; a context of {context} needs more than {10L * context} so that the " +
                    "last tenth fills it.");
        }
    }

    /// <summary>Characters in all.</summary>
    public int Length { get; }

    /// <summary>Characters for training, from the start.</summary>
    public int TrainingLength { get; }

    /// <summary>Characters for validation, up to the end.</summary>
    public int ValidationLength => Length - TrainingLength;

    /// <summary>How many different characters there are; tokens are below it.</summary>
    public int AlphabetSize => alphabet.Length;

    /// <summary>Every token in order; those for training come first.</summary>
    public ReadOnlySpan<byte> Tokens => tokens.AsSpan(0, Length);

    /// <summary>Draws stretches of the training part: what the model reads, and what follows each character.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="step">Each step draws anew.</param>
    /// <param name="context">T, in characters.</param>
    /// <param name="ids">[B, T]; written.</param>
    /// <param name="targets">[B, T]; written.</param>
    public void Draw(ulong seed, int step, int context, Span<int> ids, Span<int> targets)
    {
        for (int row = 0; row * context < ids.Length; row++)
        {
            int start = Randomness.Below(TrainingLength - context, seed, step, RandomStreams.Batches, (uint)row);
            Copy(start, ids.Slice(row * context, context));
            Copy(start + 1, targets.Slice(row * context, context));
        }
    }

    /// <summary>Widens tokens for the model.</summary>
    /// <param name="start">The first character.</param>
    /// <param name="target">Written.</param>
    public void Copy(int start, Span<int> target)
    {
        ReadOnlySpan<byte> source = Tokens.Slice(start, target.Length);
        for (int i = 0; i < source.Length; i++) target[i] = source[i];
    }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="ArgumentException">A character is not in the alphabet.</exception>
    public int[] Encode(string text)
    {
        var result = new int[text.Length];
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int token = Array.BinarySearch(alphabet, rune);
            if (token < 0) throw new ArgumentException($"'{rune}' (U+{rune.Value:X4}) does not occur in the corpus.",
                nameof(text));
            result[count++] = token;
        }
        return result[..count];
    }

    /// <summary>The character of a token.</summary>
    public Rune Character(int token) => alphabet[token];

    /// <summary>Writes characters as UTF-8.</summary>
    /// <param name="start">The first character.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">Receives the bytes.</param>
    public void WriteUtf8(int start, int count, Stream target)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int used = 0;
        foreach (byte token in Tokens.Slice(start, count))
        {
            if (used > buffer.Length - 4) // the longest character has four bytes
            {
                target.Write(buffer[..used]);
                used = 0;
            }
            used += alphabet[token].EncodeToUtf8(buffer[used..]);
        }
        target.Write(buffer[..used]);
    }

    static Rune[] Alphabet(string name, ReadOnlySpan<byte> utf8)
    {
        var ascii = new bool[128];
        var found = new System.Collections.Generic.SortedSet<Rune>();
        for (int i = 0; i < utf8.Length;)
        {
            if (utf8[i] < 128)
            {
                ascii[utf8[i++]] = true;
                continue;
            }
            if (Rune.DecodeFromUtf8(utf8[i..], out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
                throw new InvalidDataException(
                    $"{name} is not UTF-8: byte {i} is 0x{utf8[i]:X2}, which starts no character there.");
            found.Add(rune);
            i += consumed;
        }
        for (int c = 0; c < 128; c++)
            if (ascii[c]) found.Add(new Rune(c));
        return [.. found];
    }

    /// <summary>
    /// Replaces bytes by tokens in place: a token is one byte and no character is shorter, so writing never overtakes
    /// reading.
    /// </summary>
    static int Number(Span<byte> text, Rune[] alphabet)
    {
        Span<int> ascii = stackalloc int[128];
        ascii.Fill(Absent);
        for (int token = 0; token < alphabet.Length; token++)
            if (alphabet[token].IsAscii) ascii[alphabet[token].Value] = token;

        int count = 0;
        for (int i = 0; i < text.Length;)
        {
            if (text[i] < 128)
            {
                text[count++] = (byte)ascii[text[i++]];
                continue;
            }
            Rune.DecodeFromUtf8(text[i..], out Rune rune, out int consumed);
            text[count++] = (byte)Array.BinarySearch(alphabet, rune);
            i += consumed;
        }
        return count;
    }
}
