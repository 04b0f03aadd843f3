using System;
using System.Linq;
using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public static partial class Operators
{
    public static partial (Tensor Last, Tensor All) Scan(Tensor sequence, Tensor state, Func<Tensor, Tensor,
        Tensor> step)
    {
        (Tensor[] last, Tensor[] all) = Scan(sequence, [state], (item, states) => [step(item, states[0])]);
        return (last[0], all[0]);
    }

    public static partial (Tensor[] Last, Tensor[] All) Scan(Tensor sequence, Tensor[] states, Func<Tensor, Tensor[],
        Tensor[]> step)
    {
        Recorder recorder = Recorder.Current;
        Value items = recorder.Import(sequence);
        Loop loop = recorder.BeginLoop(sequence.Shape[0], "t", [], [.. states.Select(recorder.Import)]);
        Value[] yields;
        try
        {
            Tensor[] next = step(new Tensor(recorder.Slice(items)), [.. loop.Carried.Select(c => new Tensor(c))]);
            if (next.Length != states.Length)
                throw new ShapeException(
                    $"Scan: {states.Length} states enter a step and {next.Length} leave it") { Id = "MC1009" };
            for (int i = 0; i < next.Length; i++)
                if (!next[i].Shape.Equals(states[i].Shape))
                    throw new ShapeException(
                        $"Scan: state {i} enters as {states[i].Shape} and leaves a step as {next[i].Shape}; it must " +
                            "keep its shape", states[i])
                        { Id = "MC1009" };
            yields = [.. next.Select(recorder.Import)];
        }
        catch (ShapeException)
        {
            recorder.AbandonLoop(loop);
            throw;
        }
        recorder.EndLoop(loop, yields);
        return ([.. loop.Results.Select(r => new Tensor(r))],
            [.. yields.Select(y => new Tensor(recorder.Stack(loop, y)))]);
    }
}
