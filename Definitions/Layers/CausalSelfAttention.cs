namespace ModelCompiler;

/// <summary>Self-attention in which no place sees a later one.</summary>
/// <remarks>
/// Source: Radford et al., Improving Language Understanding by Generative Pre-Training (2018). Parameters: query, key,
/// value and output, each Linear.
/// </remarks>
public sealed class CausalSelfAttention
{
    readonly int heads;
    readonly Linear query, key, value, output;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Length of the last axis.</param>
    /// <param name="heads">Must divide the width.</param>
    /// <exception cref="ShapeException">The width does not divide into the heads.</exception>
    public CausalSelfAttention(int width, int heads)
    {
        MultiHeadAttention.CheckHeads(nameof(CausalSelfAttention), width, heads);
        this.heads = heads;
        (query, key, value, output) = (new(width, width), new(width, width), new(width, width), new(width, width));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <returns>[B, T, width]; fp32.</returns>
    /// <example><code>x += attention.Forward(before.Forward(x));</code></example>
    public Tensor Forward(Tensor x) => MultiHeadAttention.Attend(x, heads, true, query, key, value, output);
}
