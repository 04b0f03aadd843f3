using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>state = step(sequence[t], state) for every t of the first axis, in order.</summary>
    /// <param name="sequence">[N, ..]; fp32.</param>
    /// <param name="state">Any shape; fp32. It keeps its shape.</param>
    /// <param name="step">One step's work.</param>
    /// <returns>The last state, and all of them as [N, ..].</returns>
    /// <example><code>(Tensor last, Tensor all) = Scan(x, start, (item, state) => 0.9 * state + 0.1 * item);</code>
    /// </example>
    public static partial (Tensor Last, Tensor All) Scan(Tensor sequence, Tensor state, Func<Tensor, Tensor,
        Tensor> step);

    /// <summary>Scan with several states.</summary>
    /// <param name="sequence">[N, ..]; fp32.</param>
    /// <param name="states">Any shapes; fp32. They keep their shapes.</param>
    /// <param name="step">One step's work: the new states from the item and the old ones.</param>
    /// <returns>The last states, and all of them as [N, ..].</returns>
    /// <example><code>
    /// (Tensor[] last, Tensor[] all) = Scan(x, [sum, largest],
    ///     (item, states) => [states[0] + item, Maximum(states[1], item)]);
    /// </code></example>
    public static partial (Tensor[] Last, Tensor[] All) Scan(Tensor sequence, Tensor[] states, Func<Tensor, Tensor[],
        Tensor[]> step);
}
