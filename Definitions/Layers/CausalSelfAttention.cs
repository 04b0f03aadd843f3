using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Self-attention in which no place sees a later one.</summary>
/// <remarks>
/// Source: Radford et al., Improving Language Understanding by Generative Pre-Training (2018); fewer heads of keys and
/// values by Ainslie et al., GQA (2023); windows by Beltagy, Peters and Cohan, Longformer (2020). Parameters: query,
/// key, value and output, each Linear.
/// </remarks>
public sealed class CausalSelfAttention
{
    readonly int heads, window;
    readonly double dropout;
    readonly Linear query, key, value, output;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Length of the last axis.</param>
    /// <param name="heads">Must divide the width.</param>
    /// <param name="keyValueHeads">Heads of keys and values, which must divide the heads; null for as many.</param>
    /// <param name="window">Above 0: a place sees only itself and this less one before it; 0 for all.</param>
    /// <param name="dropout">Probability, in [0, 1), with which a weight becomes 0 in training.</param>
    /// <param name="bias">Whether the four Linear have a bias.</param>
    /// <exception cref="ShapeException">
    /// The width does not divide into the heads, or the heads not into those of keys and values.
    /// </exception>
    public CausalSelfAttention(int width, int heads, int? keyValueHeads = null, int window = 0, double dropout = 0,
        bool bias = true)
    {
        int shared = MultiHeadAttention.CheckHeads(nameof(CausalSelfAttention), width, heads, keyValueHeads ?? heads);
        (this.heads, this.window, this.dropout) = (heads, window, dropout);
        (query, key) = (new(width, width, bias), new(width, shared, bias));
        (value, output) = (new(width, shared, bias), new(width, width, bias));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <param name="documents">
    /// [B, T]; int: places see only those of the same number, as where several texts are packed into one row. Null for
    /// one document.
    /// </param>
    /// <returns>[B, T, width]; fp32.</returns>
    /// <example><code>x += attention.Forward(before.Forward(x));</code></example>
    public Tensor Forward(Tensor x, Tensor<int>? documents = null)
    {
        MultiHeadAttention.CheckInput(x);
        Dim size = x.Shape[2] / heads;
        Tensor mixed = Attention(MultiHeadAttention.Heads(query.Forward(x), size),
            MultiHeadAttention.Heads(key.Forward(x), size), MultiHeadAttention.Heads(value.Forward(x), size),
            causal: true, window: window, documents: documents, dropout: dropout);
        return output.Forward(MultiHeadAttention.Joined(mixed));
    }
}
