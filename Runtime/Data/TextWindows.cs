using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>
/// Stretches of a text: an item's ids are T tokens, its labels the T tokens that follow each of them.
/// </summary>
/// <remarks><para><b>Memory</b>: the tokens as they are given; windows overlap without being copied.</para></remarks>
/// <example><code>
/// var bytes = new TextWindows("book.txt", File.ReadAllBytes("book.txt"), window: 64);      // 256 different tokens
/// var words = new TextWindows("book.txt", tokenizer.EncodeToIds(text).ToArray(), window: 64, vocabulary: 50257);
/// </code></example>
public sealed class TextWindows : Dataset
{
    readonly ReadOnlyMemory<byte> bytes;
    readonly ReadOnlyMemory<int> tokens;
    readonly int window, stride;

    /// <summary>
    /// Windows over tokens of one byte: characters of a <see cref="CharacterText"/>, or a file's bytes.
    /// </summary>
    /// <param name="name">For messages.</param>
    /// <param name="tokens">The text, not copied.</param>
    /// <param name="window">T, tokens of an item; at least 1.</param>
    /// <param name="stride">Tokens from the start of a window to that of the next; at least 1.</param>
    /// <exception cref="DatasetException">
    /// The text is shorter than one window and the token that follows it.
    /// </exception>
    public TextWindows(string name, ReadOnlyMemory<byte> tokens, int window, int stride = 1)
        : base(name, Count(name, tokens.Length, window, stride), new(Ids: window, Labels: window)) =>
        (bytes, this.window, this.stride) = (tokens, window, stride);

    /// <summary>Windows over tokens of any size, such as those of a word-piece tokenizer.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="tokens">The text, not copied.</param>
    /// <param name="window">T, tokens of an item; at least 1.</param>
    /// <param name="stride">Tokens from the start of a window to that of the next; at least 1.</param>
    /// <param name="vocabulary">Tokens are below it; 0 where nobody knows.</param>
    /// <exception cref="DatasetException">
    /// The text is shorter than one window and the token that follows it, or a token is out of range.
    /// </exception>
    public TextWindows(string name, ReadOnlyMemory<int> tokens, int window, int stride = 1, int vocabulary = 0)
        : base(name, Count(name, tokens.Length, window, stride), new(Ids: window, Labels: window), vocabulary)
    {
        (this.tokens, this.window, this.stride) = (tokens, window, stride);
        if (vocabulary == 0) return;
        ReadOnlySpan<int> all = tokens.Span;
        for (int i = 0; i < all.Length; i++)
            if ((uint)all[i] >= (uint)vocabulary)
                throw new DatasetException(name,
                    $"token {i} is {all[i]}; with a vocabulary of {vocabulary} it must be from 0 to " +
                    $"{vocabulary - 1}. " +
                    "Encode the text with the model's own tokenizer.");
    }

    /// <inheritdoc/>
    public override void Read(int index, Item item)
    {
        int start = index * stride;
        if (bytes.IsEmpty)
        {
            tokens.Span.Slice(start, window).CopyTo(item.Ids);
            tokens.Span.Slice(start + 1, window).CopyTo(item.Labels);
            return;
        }
        ReadOnlySpan<byte> text = bytes.Span.Slice(start, window + 1);
        for (int i = 0; i < window; i++)
        {
            item.Ids[i] = text[i];
            item.Labels[i] = text[i + 1];
        }
    }

    /// <inheritdoc/>
    public override string Describe(int index) => $"{Name}, tokens from {(long)index * stride}";

    static int Count(string name, int length, int window, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (length <= window)
            throw new DatasetException(name,
                $"there are {length} tokens; a window of {window} and the token after it need {window + 1L}. Use " +
                "more " +
                "text, or smaller windows.");
        return (length - window - 1) / stride + 1;
    }
}
