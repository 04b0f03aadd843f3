using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>Two long short-term memories, one over time and one against it, side by side.</summary>
/// <remarks>
/// Source: Graves and Schmidhuber, Framewise Phoneme Classification with Bidirectional LSTM (2005). Parameters: forward
/// and backward, each Lstm.
/// </remarks>
/// <param name="inputs">Length of the last axis of x.</param>
/// <param name="width">Length of each state.</param>
/// <param name="forgetBias">As for <see cref="Lstm"/>.</param>
public sealed class BidirectionalLstm(int inputs, int width, double forgetBias = 0)
{
    readonly Lstm forward = new(inputs, width, forgetBias), backward = new(inputs, width, forgetBias);

    /// <summary>Runs over the second axis both ways, from zero states.</summary>
    /// <param name="x">[B, T, inputs]; fp32.</param>
    /// <returns>At every place the state of what came before, then of what follows: [B, T, 2 · width]; fp32.</returns>
    /// <example><code>Tensor h = memory.Forward(tokens[ids]);</code></example>
    public Tensor Forward(Tensor x)
    {
        if (x.Shape.Rank != 3 || x.Shape[2] != inputs)
            throw new ShapeException(
                $"BidirectionalLstm({inputs}, {width}): x is {x.Shape}; it must be [B, T, {inputs}]", x)
                { Id = "MC1111" };
        return Concatenate(-1, forward.Forward(x), Flip(backward.Forward(Flip(x, 1)), 1));
    }
}
