using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Self-attention with several heads.</summary>
/// <remarks>
/// Source: Vaswani et al., Attention Is All You Need, section 3.2.2 (2017). Parameters: query, key, value and output,
/// each Linear.
/// </remarks>
public sealed class MultiHeadAttention
{
    readonly int heads;
    readonly Linear query, key, value, output;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Length of the last axis.</param>
    /// <param name="heads">Must divide the width.</param>
    /// <exception cref="ShapeException">The width does not divide into the heads.</exception>
    public MultiHeadAttention(int width, int heads)
    {
        CheckHeads(nameof(MultiHeadAttention), width, heads);
        this.heads = heads;
        (query, key, value, output) = (new(width, width), new(width, width), new(width, width), new(width, width));
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <returns>[B, T, width]; fp32.</returns>
    /// <example><code>x += attention.Forward(before.Forward(x));</code></example>
    public Tensor Forward(Tensor x) => Attend(x, heads, false, query, key, value, output);

    internal static void CheckHeads(string layer, int width, int heads)
    {
        if (heads < 1 || width % heads != 0)
            throw new ShapeException(
                $"{layer}: width {width} does not divide into {heads} heads. Choose a number of heads that divides " +
                    $"{width}") { Id = "MC1110" };
    }

    internal static Tensor Attend(Tensor x, int heads, bool causal, Linear query, Linear key, Linear value,
        Linear output)
    {
        if (x.Shape.Rank != 3)
            throw new ShapeException($"Attention: x is {x.Shape}; it must have three axes, [B, T, C]",
                x) { Id = "MC1110" };
        Dim batch = x.Shape[0], time = x.Shape[1], width = x.Shape[2];
        Tensor Heads(Tensor y) => Permute(y.Reshape(batch, time, heads, width / heads), 0, 2, 1, 3);
        Tensor mixed = Attention(Heads(query.Forward(x)), Heads(key.Forward(x)), Heads(value.Forward(x)), causal);
        return output.Forward(Permute(mixed, 0, 2, 1, 3).Reshape(batch, time, width));
    }
}
