namespace ModelCompiler.Gpu.Models;

/// <summary>One layer of GPT-2: attention, then a two-layer perceptron, each added to what it read.</summary>
/// <param name="width">Length of the last axis.</param>
/// <param name="heads">Must divide the width.</param>
[Model]
public sealed partial class Gpt2Block(int width, int heads)
{
    readonly LayerNorm before = new(width), middle = new(width);
    readonly CausalSelfAttention attention = new(width, heads);
    readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

    /// <summary>Applies the layer.</summary>
    /// <param name="x">[B, T, width].</param>
    /// <returns>[B, T, width].</returns>
    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(before.Forward(x));
        return x + down.Forward(GeluTanh(up.Forward(middle.Forward(x))));
    }
}
