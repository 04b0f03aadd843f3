using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Attention from one sequence to another, as from a decoder to its encoder.</summary>
/// <remarks>
/// Source: Vaswani et al., Attention Is All You Need, section 3.2.3 (2017); fewer heads of keys and values by Ainslie
/// et al., GQA (2023). Parameters: query, key, value and output, each Linear.
/// </remarks>
public sealed class CrossAttention
{
    readonly int heads, contextWidth;
    readonly double dropout;
    readonly Linear query, key, value, output;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Length of the last axis of x.</param>
    /// <param name="heads">Must divide the width.</param>
    /// <param name="keyValueHeads">Heads of keys and values, which must divide the heads; null for as many.</param>
    /// <param name="contextWidth">Length of the last axis of the context; null for the width.</param>
    /// <param name="dropout">Probability, in [0, 1), with which a weight becomes 0 in training.</param>
    /// <param name="bias">Whether the four Linear have a bias.</param>
    /// <exception cref="ShapeException">
    /// The width does not divide into the heads, or the heads not into those of keys and values.
    /// </exception>
    public CrossAttention(int width, int heads, int? keyValueHeads = null, int? contextWidth = null,
        double dropout = 0, bool bias = true)
    {
        int shared = MultiHeadAttention.CheckHeads(nameof(CrossAttention), width, heads, keyValueHeads ?? heads);
        int read = contextWidth ?? width;
        (this.heads, this.contextWidth, this.dropout) = (heads, read, dropout);
        (query, key) = (new(width, width, bias), new(read, shared, bias));
        (value, output) = (new(read, shared, bias), new(width, width, bias));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <param name="context">[B, S, contextWidth]; fp32.</param>
    /// <param name="keyLengths">[B]; int: places of the context from this number on are padding. Null where all count.
    /// </param>
    /// <returns>[B, T, width]; fp32.</returns>
    /// <example><code>x += across.Forward(before.Forward(x), encoded, lengths);</code></example>
    public Tensor Forward(Tensor x, Tensor context, Tensor<int>? keyLengths = null)
    {
        MultiHeadAttention.CheckInput(x);
        if (context.Shape.Rank != 3 || context.Shape[0] != x.Shape[0] || context.Shape[2] != contextWidth)
            throw new ShapeException($"CrossAttention: the context is {context.Shape} but x is {x.Shape}; it must be " +
                $"[{x.Shape[0]}, S, {contextWidth}]. Construct the layer with its contextWidth, or change it",
                context) { Id = "MC1110" };
        Dim size = x.Shape[2] / heads;
        Tensor mixed = Attention(MultiHeadAttention.Heads(query.Forward(x), size),
            MultiHeadAttention.Heads(key.Forward(context), size),
            MultiHeadAttention.Heads(value.Forward(context), size), keyLengths: keyLengths, dropout: dropout);
        return output.Forward(MultiHeadAttention.Joined(mixed));
    }
}
