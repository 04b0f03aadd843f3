using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Training mode, and the states that a training step changes.</summary>
sealed partial class Recorder
{
    /// <summary>The values that states have been given so far, by state and by the region they were given in.</summary>
    readonly Dictionary<Value, Dictionary<Region, Tensor>> written = [];

    /// <summary>Whether a training step is recorded rather than an evaluation.</summary>
    public bool IsTraining { get; set; }

    /// <summary>Takes back what states have been given since a value was recorded.</summary>
    void ForgetStates(int nextId)
    {
        foreach (Dictionary<Region, Tensor> values in written.Values)
            foreach (Region region in values.Where(v => v.Value.Value.Id >= nextId).Select(v => v.Key).ToList())
                values.Remove(region);
        foreach (Value state in Graph.NewStates.Where(s => s.Value.Id >= nextId).Select(s => s.Key).ToList())
            Graph.NewStates.Remove(state);
    }

    /// <summary>The newest value within reach: this step's if there is one, else the one the step started with.
    /// </summary>
    public Tensor ReadState(Tensor state)
    {
        if (written.TryGetValue(state.Value, out Dictionary<Region, Tensor>? values))
            for (Region? region = Region; region is not null; region = region.Parent)
                if (values.TryGetValue(region, out Tensor? now)) return now;
        return state;
    }

    /// <summary>
    /// Gives a state of repeated layers its new value in the loop over them, any other outside of loops; the value of
    /// all layers is what the step ends with.
    /// </summary>
    public void WriteState(Tensor state, Tensor value)
    {
        if (!IsTraining) return;
        Value now = Operators.Detach(value).Value;
        if (now.Name.Length == 0) now.Name = "new " + state.Value.Name;
        var stacks = new Stack<StackScope>(state.Stacks);
        Region region = Region;
        if (!written.TryGetValue(state.Value, out Dictionary<Region, Tensor>? values))
            written[state.Value] = values = [];
        values[region] = new Tensor(now);
        while (region.Owner is { } loop)
        {
            if (stacks.Count == 0 || !loop.Scopes.Contains(stacks.Peek()))
                throw new ShapeException("a state changes inside a loop that is not over the layers it belongs to: " +
                    "move the change out of the loop, or keep one state a layer") { Id = "MC1014" };
            stacks.Pop();
            region = region.Parent!;
            now = Stack(loop, now);
            values[region] = new Tensor(now, [.. stacks.Reverse()]);
        }
        if (stacks.Count > 0)
            throw new ShapeException($"this state belongs to the repeated layers {stacks.Peek().Path} and changes " +
                $"outside a loop over them: use foreach over {stacks.Peek().Path}") { Id = "MC1014" };
        Graph.NewStates[state.Value] = now;
    }
}
