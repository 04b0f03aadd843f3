using System;
using System.Collections.Generic;
using System.Linq;

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
        int count = (int)sequence.Shape[0];
        List<Tensor>[] all = [.. states.Select(_ => new List<Tensor>())];
        for (int t = 0; t < count; t++)
        {
            states = step(sequence[t], states);
            for (int i = 0; i < states.Length; i++) all[i].Add(Reshape(states[i], states[i].Shape.Prepend(1)));
        }
        return (states, [.. all.Select(a => Concatenate(0, [.. a]))]);
    }
}
