using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>A feed-forward part with a gate: down(silu(gate(x)) · up(x)).</summary>
/// <remarks>
/// Source: Shazeer, GLU Variants Improve Transformer (2020). Parameters: gate and up, each Linear(width, hidden), and
/// down, Linear(hidden, width), all without bias.
/// </remarks>
/// <param name="width">Length of the last axis.</param>
/// <param name="hidden">Length between; two thirds of four widths have the parameters of a part without gate.</param>
public sealed class SwiGlu(int width, int hidden)
{
    readonly Linear gate = new(width, hidden, bias: false), up = new(width, hidden, bias: false);
    readonly Linear down = new(hidden, width, bias: false);

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[.., width]; fp32.</param>
    /// <returns>[.., width]; fp32.</returns>
    /// <example><code>x += feed.Forward(norm.Forward(x));</code></example>
    public Tensor Forward(Tensor x) => down.Forward(Silu(gate.Forward(x)) * up.Forward(x));
}
