using System;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    public static partial Tensor Fold<TLayer>(TLayer[] layers, Tensor state, Func<TLayer, Tensor,
        Tensor> body) where TLayer : class =>
        layers.Aggregate(state, (s, layer) => body(layer, s));
}
