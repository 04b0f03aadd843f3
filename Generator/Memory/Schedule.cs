using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Numbers the steps of a graph in order of execution, loops in line: a kernel is one step, a loop has a first and a
/// last step around its body's. Lifetimes are intervals of these numbers.
/// </summary>
sealed class Schedule
{
    readonly Dictionary<Value, int> steps = [];
    readonly Dictionary<Loop, (int First, int Last)> loops = [];

    public Schedule(Graph graph)
    {
        Number(graph.Root);
        Last = Count++;
    }

    public int Count { get; private set; }

    /// <summary>The step after all others: results and gradients are read then.</summary>
    public int Last { get; }

    /// <summary>The step at which a value is computed.</summary>
    public int Of(Value value) => steps[value];

    public int First(Loop loop) => loops[loop].First;
    public int End(Loop loop) => loops[loop].Last;

    void Number(Region region)
    {
        Kernel? kernel = null;
        foreach (Value value in region.Values)
        {
            if (value.Is(Structure.Loop))
            {
                int first = Count++;
                Number(value.Loop!.Body);
                loops[value.Loop] = (first, Count);
                steps[value] = Count++;
            }
            else
            {
                if (value.Kernel is null || value.Kernel != kernel) Count++;
                steps[value] = Count - 1;
            }
            kernel = value.Kernel;
        }
    }

    /// <summary>
    /// A step as seen by memory that belongs to a region: inside a loop that the region does not lie in, the whole loop
    /// counts.
    /// </summary>
    public (int First, int Last) Seen(int step, Region at, Region owner)
    {
        (int, int) seen = (step, step);
        for (Region inner = at; inner != owner && inner.Owner is { } loop
            && !owner.IsInside(inner); inner = inner.Parent!)
            seen = (First(loop), End(loop));
        return seen;
    }
}
