using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>A table of vectors, one for each token.</summary>
/// <remarks>
/// Source: Bengio et al., A Neural Probabilistic Language Model (2003). Parameters: weight [rows, width], normal.
/// </remarks>
/// <param name="rows">How many tokens there are.</param>
/// <param name="width">Length of each vector.</param>
/// <param name="deviation">
/// Standard deviation of the initial numbers; GPT-2's 0.02 suits a table that is also the output head.
/// </param>
public sealed class Embedding(int rows, int width, double deviation = 0.02)
{
    /// <summary>[rows, width].</summary>
    public Tensor Weight { get; } = Parameter.Normal(deviation, rows, width);

    /// <summary>The vectors of tokens.</summary>
    /// <param name="ids">Any shape; int in [0, rows).</param>
    /// <returns>[.., width]; fp32.</returns>
    /// <example><code>Tensor x = tokens[ids];</code></example>
    public Tensor this[Tensor<int> ids] => Gather(Weight, ids);
}
