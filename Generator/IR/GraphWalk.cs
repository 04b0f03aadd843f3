using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>Questions about a whole graph.</summary>
static class GraphWalk
{
    /// <summary>A region's values and those of the loops inside it, in order.</summary>
    public static IEnumerable<Value> AllValues(this Region region)
    {
        foreach (Value value in region.Values)
        {
            yield return value;
            if (!value.Is(Structure.Loop)) continue;
            foreach (Value inner in value.Loop!.Body.AllValues()) yield return inner;
        }
    }

    /// <summary>The root region and every loop body, outer before inner.</summary>
    public static IEnumerable<Region> AllRegions(this Graph graph) =>
        graph.Root.AllValues().Where(v => v.Is(Structure.Loop)).Select(v => v.Loop!.Body).Prepend(graph.Root);

    /// <summary>Axis lengths other than 1: what an index really runs over.</summary>
    public static IReadOnlyList<Dim> Effective(this Shape shape) => [.. shape.Dims.Where(d => d != 1)];

    /// <summary>The last axis that is not of length 1; -1 for a scalar.</summary>
    public static int LastEffectiveAxis(this Shape shape)
    {
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
            if (shape[axis] != 1) return axis;
        return -1;
    }

    /// <summary>
    /// Every value that reads another, anywhere in the graph, with loops' initial, yielded and stacked values as the
    /// loop's.
    /// </summary>
    public static Dictionary<Value, List<Value>> Readers(this Graph graph)
    {
        var readers = new Dictionary<Value, List<Value>>();
        void Add(Value read, Value reader)
        {
            if (!readers.TryGetValue(read, out List<Value>? list)) readers[read] = list = [];
            list.Add(reader);
        }
        foreach (Value value in graph.Root.AllValues())
        {
            foreach (Value input in value.Inputs) Add(input, value);
            if (!value.Is(Structure.Loop)) continue;
            foreach (Value initial in value.Loop!.Initial) Add(initial, value);
            foreach (Value yield in value.Loop.Yields) Add(yield, value);
            foreach (StackedValue stacked in value.Loop.Stacked) Add(stacked.Inner, value);
        }
        return readers;
    }
}
