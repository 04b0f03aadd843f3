using System;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>A long short-term memory over time.</summary>
/// <remarks>
/// Source: Hochreiter and Schmidhuber, Long Short-Term Memory (1997), with forget gates by Gers, Schmidhuber and
/// Cummins (2000). Parameters: input [inputs, 4 · width], state [width, 4 · width], bias [4 · width]; gates in the
/// order input, forget, cell, output; uniform in ±1/√width as in PyTorch.
/// </remarks>
/// <param name="inputs">Length of the last axis of x.</param>
/// <param name="width">Length of the state.</param>
/// <param name="forgetBias">
/// Added to the forget gate before its σ, on top of its bias: 1 lets a new memory remember (Jozefowicz, Zaremba and
/// Sutskever, An Empirical Exploration of Recurrent Network Architectures, 2015).
/// </param>
public sealed class Lstm(int inputs, int width, double forgetBias = 0)
{
    /// <summary>[inputs, 4 · width].</summary>
    public Tensor Input { get; } = Parameter.Uniform(1 / Math.Sqrt(width), inputs, 4 * width);

    /// <summary>[width, 4 · width].</summary>
    public Tensor State { get; } = Parameter.Uniform(1 / Math.Sqrt(width), width, 4 * width);

    /// <summary>[4 · width].</summary>
    public Tensor Bias { get; } = Parameter.Uniform(1 / Math.Sqrt(width), 4 * width);

    /// <summary>Runs over the second axis, from a zero state.</summary>
    /// <param name="x">[B, T, inputs]; fp32.</param>
    /// <returns>The state at every place: [B, T, width]; fp32.</returns>
    /// <example><code>Tensor h = memory.Forward(tokens[ids]);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 3 || x.Shape[2] != inputs)
            throw new ShapeException($"Lstm({inputs}, {width}): x is {x.Shape}; it must be [B, T, {inputs}]",
                x) { Id = "MC1111" };
        Tensor zero = BroadcastTo(0, new Shape(x.Shape[0], width));
        Tensor projected = MatMul(Permute(x, 1, 0, 2), Input) + Bias;
        (_, Tensor[] all) = Scan(projected, [zero, zero], (item, states) =>
        {
            Tensor gates = item + MatMul(states[0], State);
            Tensor Gate(int i) => Slice(gates, -1, i * width, width);
            Tensor forget = forgetBias == 0 ? Gate(1) : Gate(1) + forgetBias;
            Tensor cell = Sigmoid(forget) * states[1] + Sigmoid(Gate(0)) * Tanh(Gate(2));
            return [Sigmoid(Gate(3)) * Tanh(cell), cell];
        });
        return Permute(all[0], 1, 0, 2);
    }
}
