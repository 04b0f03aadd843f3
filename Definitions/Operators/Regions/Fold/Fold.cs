using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>state = body(layer, state) for every layer: the loop that a library layer writes.</summary>
    /// <param name="layers">From <see cref="Repeat{TLayer}(int, Func{TLayer})"/>.</param>
    /// <param name="state">Any shape; fp32. It keeps its shape.</param>
    /// <param name="body">One layer's work.</param>
    /// <returns>The last state.</returns>
    /// <example><code>x = Fold(blocks, x, (block, state) => block.Forward(state));</code></example>
    public static partial Tensor Fold<TLayer>(TLayer[] layers, Tensor state, Func<TLayer, Tensor,
        Tensor> body) where TLayer : class;
}
