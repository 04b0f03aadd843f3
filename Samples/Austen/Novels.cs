using System;
using System.IO;
using ModelCompiler.Runtime.Data;

namespace Samples.Austen;

/// <summary>
/// Six novels by Jane Austen as characters; the first nine tenths are for training and the last is held out.
/// </summary>
sealed class Novels
{
    const string File = "austen.txt.gz",
        Sha256 = "ae4140c6e5ab543cc81f68358120258f0935ac9e27a30f44a7a564b349307867";

    readonly CharacterText text;

    Novels(CharacterText text, int context)
    {
        this.text = text;
        TrainingLength = (int)((long)text.Length * 9 / 10);
        if (HeldOutLength <= context)
        {
            throw new DatasetException(File,
                $"there are {text.Length} characters; a context of {context} needs more than {10L * context} so that " +
                "the last tenth fills it.");
        }
        Training = new TextWindows(File, text.Tokens[..TrainingLength], context);
    }

    /// <summary>Decompresses the text and checks that it is the one expected.</summary>
    /// <param name="vocabulary">How many different characters the model has room for.</param>
    /// <param name="context">T, the model's longest stretch, in characters.</param>
    public static Novels Open(int vocabulary, int context)
    {
        byte[] utf8 = EmbeddedData.Open(typeof(Novels).Assembly, File, Sha256);
        return new(new CharacterText(File, utf8, vocabulary), context);
    }

    /// <summary>Every stretch of the part to train on: what the model reads, and what follows each character.</summary>
    public TextWindows Training { get; }

    /// <summary>Characters in all.</summary>
    public int Length => text.Length;

    /// <summary>Characters for training, from the start.</summary>
    public int TrainingLength { get; }

    /// <summary>Characters that are held out, up to the end.</summary>
    public int HeldOutLength => Length - TrainingLength;

    /// <summary>How many different characters there are; tokens are below it.</summary>
    public int AlphabetSize => text.AlphabetSize;

    /// <summary>Every token in order; those for training come first.</summary>
    public ReadOnlySpan<byte> Tokens => text.Tokens.Span;

    /// <inheritdoc cref="CharacterText.Encode"/>
    public int[] Encode(string words) => text.Encode(words);

    /// <inheritdoc cref="CharacterText.Decode"/>
    public string Decode(ReadOnlySpan<int> ids) => text.Decode(ids);

    /// <inheritdoc cref="CharacterText.WriteUtf8"/>
    public void WriteUtf8(int start, int count, Stream target) => text.WriteUtf8(start, count, target);
}
