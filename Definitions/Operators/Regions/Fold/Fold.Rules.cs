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
        if (StackOf(layers) is not { } stack) return layers.Aggregate(state, (s, layer) => body(layer, s));
        foreach (LayerGroup group in stack.Groups)
            state = group.IsLoop ? FoldLoop(layers, group, state, body) : body(layers[group.First], state);
        return state;
    }

    static Tensor FoldLoop<TLayer>(TLayer[] layers, LayerGroup group, Tensor state, Func<TLayer, Tensor, Tensor> body)
    {
        Recorder recorder = Recorder.Current;
        if (group.Scopes.Any(recorder.IsOpen))
            throw new ShapeException("Fold: a loop around this one walks over the same layers. Write the inner loop " +
                "as foreach, which is then unrolled", layers)
                { Id = "MC1007" };
        Loop loop = recorder.BeginLoop(group.Repeats, "layer", group.Scopes, [recorder.Import(state)]);
        Tensor result = new(loop.Carried[0]);
        try
        {
            for (int place = 0; place < group.Period; place++) result = body(layers[group.First + place], result);
            if (!result.Shape.Equals(state.Shape))
                throw new ShapeException($"Fold: the state enters as {state.Shape} and leaves an iteration as " +
                    $"{result.Shape}; it must keep its shape",
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
