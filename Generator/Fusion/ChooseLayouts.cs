using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Lets a matrix product write its result in the order its reader wants, so that the permutation between them moves
/// nothing. <code>
/// n1 = matmul(p, v) : [B, H, T, D]   n2 = permute(n1) { axes = [0, 2, 1, 3] }   n3 = reshape(n2) : [B, T, H * D]
/// →
/// n1 = matmul(p, v) : [B, H, T, D] layout [0, 2, 1, 3]                          n2 and n3 are views
/// </code>
/// </summary>
static class ChooseLayouts
{
    public static void Run(Graph graph)
    {
        Dictionary<Value, List<Value>> readers = graph.Readers();
        foreach (Value value in graph.Root.AllValues()
            .Where(v => v.Is(Primitives.MatMul) || v.Op.Facet.IsStrided))
        {
            List<Value> read = readers.TryGetValue(value, out List<Value>? list) ? list : [];
            List<Value> permutes = [.. read.Where(r => r.Is(Primitives.Permute))];
            int last = value.Shape.Rank - 1;
            // A loop reads it to stack it, and some operations read any order; every other reader must be the
            // permutation.
            if (permutes.Count == 0 || read.Any(r => !permutes.Contains(r) && !r.Is(Structure.Loop)
                && !r.Op.Facet.IsStrided)) continue;
            int[] axes = permutes[0].Attributes.Axes;
            if (axes[last] != last || permutes.Any(p => !p.Attributes.Axes.SequenceEqual(axes))) continue;
            if (read.Any(r => r.Is(Structure.Loop)
                && (r.Loop!.Initial.Contains(value) || r.Loop.Yields.Contains(value)))) continue;
            if (graph.Ends.Contains(value)) continue;
            value.Layout = axes;
        }
        foreach (Value loop in graph.Root.AllValues().Where(v => v.Is(Structure.Loop)))
            foreach (StackedValue stacked in loop.Loop!.Stacked)
                if (stacked.Inner.Layout is { } layout) stacked.Outer.Layout = [0, .. layout.Select(a => a + 1)];
        foreach (Value at in graph.Root.AllValues().Where(v => v.Is(Structure.At) || v.Is(Structure.Pick)))
            if (at.Inputs[0].Layout is { } layout) at.Layout = [.. layout.Skip(1).Select(a => a - 1)];
    }
}
