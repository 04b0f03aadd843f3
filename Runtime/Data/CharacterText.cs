using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// A text as one byte a character. The alphabet is what occurs in the text, in code point order.
/// </summary>
/// <example><code>
/// var text = CharacterText.Open("book.txt", vocabulary: 96);
/// var windows = new TextWindows("book.txt", text.Tokens, window: 64);
/// </code></example>
public sealed class CharacterText
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
    /// <exception cref="DatasetException">
    /// The text is empty or not UTF-8, or has too many different characters.
    /// </exception>
    public CharacterText(string name, byte[] utf8, int vocabulary = MostCharacters)
    {
        if (utf8.Length == 0) throw new DatasetException(name, "the text is empty. Check the path.");
        tokens = utf8;
        alphabet = Alphabet(name, utf8);
        if (alphabet.Length > Math.Min(vocabulary, MostCharacters))
        {
            throw new DatasetException(name,
                $"there are {alphabet.Length} different characters; there is room for " +
                $"{Math.Min(vocabulary, MostCharacters)}. Raise the model's vocabulary (to {MostCharacters} at " +
                "most), " +
                "or clean the text.");
        }
        Length = Number(utf8, alphabet);
    }

    /// <summary>Reads a file in UTF-8.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="vocabulary">How many different characters the model has room for.</param>
    /// <exception cref="DatasetException">
    /// There is no such file, it is empty or not UTF-8, or has too many different characters.
    /// </exception>
    public static CharacterText Open(string path, int vocabulary = MostCharacters) =>
        new(path, DataFile.ReadAll(path), vocabulary);

    /// <summary>Characters in all.</summary>
    public int Length { get; }

    /// <summary>How many different characters there are; tokens are below it.</summary>
    public int AlphabetSize => alphabet.Length;

    /// <summary>Every token in order.</summary>
    public ReadOnlyMemory<byte> Tokens => tokens.AsMemory(0, Length);

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any length.</param>
    /// <exception cref="ArgumentException">A character is not in the alphabet.</exception>
    public int[] Encode(string text)
    {
        var result = new int[text.Length];
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int token = Array.BinarySearch(alphabet, rune);
            if (token < 0)
                throw new ArgumentException(
                    $"'{rune}' (U+{rune.Value:X4}) does not occur in the text. Use characters that do.", nameof(text));
            result[count++] = token;
        }
        return result[..count];
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="ids">Below <see cref="AlphabetSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative or not below it.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder(ids.Length);
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)alphabet.Length)
                throw new ArgumentOutOfRangeException(nameof(ids), id,
                    $"{id} is no character: the text has {alphabet.Length} different ones, from 0 to " +
                    $"{alphabet.Length - 1}. Where a model gives more scores, choose among the first " +
                    $"{alphabet.Length}.");
            text.Append(alphabet[id]);
        }
        return text.ToString();
    }

    /// <summary>Writes characters as UTF-8.</summary>
    /// <param name="start">The first character.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">Receives the bytes.</param>
    public void WriteUtf8(int start, int count, Stream target)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int used = 0;
        foreach (byte token in Tokens.Span.Slice(start, count))
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
        var found = new SortedSet<Rune>();
        for (int i = 0; i < utf8.Length;)
        {
            if (utf8[i] < 128)
            {
                ascii[utf8[i++]] = true;
                continue;
            }
            if (Rune.DecodeFromUtf8(utf8[i..], out Rune rune, out int consumed) != OperationStatus.Done)
                throw new DatasetException(name,
                    $"it is not UTF-8: byte {i} is 0x{utf8[i]:X2}, which starts no character there. Convert the " +
                    "file, " +
                    "or train on its bytes.");
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
