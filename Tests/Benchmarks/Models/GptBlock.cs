namespace ModelCompiler.Benchmarks.Models;

/// <summary>One layer of <see cref="NanoGpt"/> and <see cref="Gpt2"/>.</summary>
/// <param name="width">Length of the last axis.</param>
/// <param name="heads">Must divide the width.</param>
[Model]
public sealed partial class GptBlock(int width, int heads)
{
    readonly LayerNorm before = new(width), middle = new(width);
    readonly CausalSelfAttention attention = new(width, heads);
    readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width]; fp32.</param>
    /// <returns>[B, T, width]; fp32.</returns>
    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(before.Forward(x));
        return x + down.Forward(Gelu(up.Forward(middle.Forward(x))));
    }
}
