using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Self-attention with several heads.</summary>
/// <remarks>
/// Source: Vaswani et al., Attention Is All You Need, section 3.2.2 (2017); fewer heads of keys and values by Ainslie
/// et al., GQA (2023); windows by Beltagy, Peters and Cohan, Longformer (2020). Parameters: query, key, value and
/// output, each Linear.
/// </remarks>
public sealed class MultiHeadAttention
{
    readonly int heads, window;
    readonly double dropout;
    readonly Linear query, key, value, output;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Length of the last axis.</param>
    /// <param name="heads">Must divide the width.</param>
    /// <param name="keyValueHeads">Heads of keys and values, which must divide the heads; null for as many.</param>
    /// <param name="window">Above 0: a place sees only places less than this far from it; 0 for all.</param>
    /// <param name="dropout">Probability, in [0, 1), with which a weight becomes 0 in training.</param>
    /// <param name="bias">Whether the four Linear have a bias.</param>
    /// <exception cref="ShapeException">
    /// The width does not divide into the heads, or the heads not into those of keys and values.
    /// </exception>
    public MultiHeadAttention(int width, int heads, int? keyValueHeads = null, int window = 0, double dropout = 0,
        bool bias = true)
    {
        int shared = CheckHeads(nameof(MultiHeadAttention), width, heads, keyValueHeads ?? heads);
        (this.heads, this.window, this.dropout) = (heads, window, dropout);
        (query, key) = (new(width, width, bias), new(width, shared, bias));
        (value, output) = (new(width, shared, bias), new(width, width, bias));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <param name="keyLengths">[B]; int: places from this number on are padding. Null where all count.</param>
    /// <param name="documents">[B, T]; int: places see only those of the same number. Null for one document.</param>
    /// <returns>[B, T, width]; fp32.</returns>
    /// <example><code>x += attention.Forward(before.Forward(x));</code></example>
    public Tensor Forward(Tensor x, Tensor<int>? keyLengths = null, Tensor<int>? documents = null)
    {
        CheckInput(x);
        Dim size = x.Shape[2] / heads;
        Tensor mixed = Attention(Heads(query.Forward(x), size), Heads(key.Forward(x), size),
            Heads(value.Forward(x), size), window: window, keyLengths: keyLengths, documents: documents,
            dropout: dropout);
        return output.Forward(Joined(mixed));
    }

    /// <summary>The width of keys and values, where heads are as they must be.</summary>
    internal static int CheckHeads(string layer, int width, int heads, int keyValueHeads)
    {
        if (heads < 1 || width % heads != 0)
            throw new ShapeException(
                $"{layer}: width {width} does not divide into {heads} heads. Choose a number of heads that divides " +
                    $"{width}") { Id = "MC1110" };
        if (keyValueHeads < 1 || heads % keyValueHeads != 0)
            throw new ShapeException(
                $"{layer}: {heads} heads do not share {keyValueHeads} heads of keys and values evenly. Choose a " +
                    $"number of keyValueHeads that divides {heads}") { Id = "MC1110" };
        return width / heads * keyValueHeads;
    }

    internal static void CheckInput(Tensor x)
    {
        if (x.Shape.Rank != 3)
            throw new ShapeException($"Attention: x is {x.Shape}; it must have three axes, [B, T, C]",
                x) { Id = "MC1110" };
    }

    /// <summary>[B, T, H · D] → [B, H, T, D].</summary>
    internal static Tensor Heads(Tensor y, Dim size) =>
        Permute(y.Reshape(y.Shape[0], y.Shape[1], y.Shape[2] / size, size), 0, 2, 1, 3);

    /// <summary>[B, H, T, D] → [B, T, H · D].</summary>
    internal static Tensor Joined(Tensor mixed) =>
        Permute(mixed, 0, 2, 1, 3).Reshape(mixed.Shape[0], mixed.Shape[2], mixed.Shape[1] * mixed.Shape[3]);
}
