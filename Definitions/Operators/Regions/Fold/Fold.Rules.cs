using System;
using System.Linq;
using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public static partial class Operators
{
    public static partial Tensor Fold<TLayer>(TLayer[] layers, Tensor state, Func<TLayer, Tensor,
        Tensor> body) where TLayer : class
    {
        if (ScopeOf(layers) is not { } scope) return layers.Aggregate(state, (s, layer) => body(layer, s));
        Recorder recorder = Recorder.Current;
        if (recorder.IsOpen(scope))
            throw new ShapeException("Fold: a loop around this one walks over the same layers. Write the inner loop as foreach, which is then unrolled", layers)
                { Id = "MC1007" };
        Loop loop = recorder.BeginLoop(scope.Count, "layer", [scope], [recorder.Import(state)]);
        Tensor result;
        try
        {
            result = body(layers[0], new Tensor(loop.Carried[0]));
            if (!result.Shape.Equals(state.Shape))
                throw new ShapeException($"Fold: the state enters as {state.Shape} and leaves an iteration as {result.Shape}; it must keep its shape",
                    state) { Id = "MC1009" };
        }
        catch (ShapeException)
        {
            recorder.AbandonLoop(loop);
            throw;
        }
        recorder.EndLoop(loop, [recorder.Import(result)]);
        return new Tensor(loop.Results[0]);
    }
}
