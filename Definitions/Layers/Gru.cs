using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>A gated recurrent unit over time.</summary>
/// <remarks>
/// Source: Cho et al., Learning Phrase Representations Using RNN Encoder–Decoder (2014), with the reset gate applied
/// behind the product, as in PyTorch, so that one product makes all gates. Parameters: input [inputs, 3 · width], state
/// [width, 3 · width], bias [3 · width], candidateBias [width]; gates in the order reset, update, candidate; uniform in
/// ±1/√width as in PyTorch.
/// </remarks>
/// <param name="inputs">Length of the last axis of x.</param>
/// <param name="width">Length of the state.</param>
public sealed class Gru(int inputs, int width)
{
    /// <summary>[inputs, 3 · width].</summary>
    public Tensor Input { get; } = Parameter.Uniform(1 / Math.Sqrt(width), inputs, 3 * width);

    /// <summary>[width, 3 · width].</summary>
    public Tensor State { get; } = Parameter.Uniform(1 / Math.Sqrt(width), width, 3 * width);

    /// <summary>[3 · width].</summary>
    public Tensor Bias { get; } = Parameter.Uniform(1 / Math.Sqrt(width), 3 * width);

    /// <summary>[width]: what the reset gate scales besides the state.</summary>
    public Tensor CandidateBias { get; } = Parameter.Uniform(1 / Math.Sqrt(width), width);

    /// <summary>Runs over the second axis, from a zero state.</summary>
    /// <param name="x">[B, T, inputs]; fp32.</param>
    /// <returns>The state at every place: [B, T, width]; fp32.</returns>
    /// <example><code>Tensor h = memory.Forward(tokens[ids]);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 3 || x.Shape[2] != inputs)
            throw new ShapeException($"Gru({inputs}, {width}): x is {x.Shape}; it must be [B, T, {inputs}]",
                x) { Id = "MC1128" };
        Tensor zero = BroadcastTo(0, new Shape(x.Shape[0], width));
        Tensor projected = MatMul(Permute(x, 1, 0, 2), Input) + Bias;
        (_, Tensor all) = Scan(projected, zero, (item, state) =>
        {
            Tensor recurrent = MatMul(state, State);
            Tensor Of(Tensor gates, int i) => Slice(gates, -1, i * width, width);
            Tensor reset = Sigmoid(Of(item, 0) + Of(recurrent, 0)), update = Sigmoid(Of(item, 1) + Of(recurrent, 1));
            Tensor candidate = Tanh(Of(item, 2) + reset * (Of(recurrent, 2) + CandidateBias));
            return candidate + update * (state - candidate);
        });
        return Permute(all, 1, 0, 2);
    }
}
