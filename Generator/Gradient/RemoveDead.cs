using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Gradient;

/// <summary>
/// Drops every value that no result and no gradient needs, with the carried slots and saved stacks nobody reads.
/// <code>
/// n1 = exp(x)  n2 = tanh(x)  return n2   →   n2 = tanh(x)  return n2
/// </code>
/// Gradient rules are written without asking what is needed, so what is saved is only known after this.
/// </summary>
static class RemoveDead
{
    public static void Run(Graph graph)
    {
        var live = new HashSet<Value>();
        var work = new Stack<Value>(graph.Ends);
        while (work.Count > 0)
        {
            Value value = work.Pop();
            if (!live.Add(value)) continue;
            foreach (Value needed in Needs(value)) work.Push(needed);
        }
        if (graph.ForwardCount >= 0) graph.ForwardCount = graph.Root.Values.Take(graph.ForwardCount)
            .Count(v => Keep(v, live));
        Sweep(graph.Root, live);
    }

    static IEnumerable<Value> Needs(Value value)
    {
        IEnumerable<Value> needs = value.Inputs;
        if (value.Is(Structure.Carried)) needs = needs.Append(value.Loop!.Carried[value.Loop.Results.IndexOf(value)]);
        if (value.Is(Structure.Stacked)) needs = needs.Append(value.Loop!.Stacked.First(s => s.Outer == value).Inner);
        if (value.Is(Structure.Carry))
        {
            int slot = value.Loop!.Carried.IndexOf(value);
            // The slot after the loop stays as well, read or not: a loop's lists are all of one length.
            needs = needs.Append(value.Loop.Initial[slot]).Append(value.Loop.Yields[slot])
                .Append(value.Loop.Results[slot]);
        }
        return value.Region.Owner is { } owner ? needs.Append(owner.Node) : needs;
    }

    static bool Keep(Value value, HashSet<Value> live) =>
        live.Contains(value) || value.Is(Structure.Input) || value.Is(Structure.Parameter);

    static void Sweep(Region region, HashSet<Value> live)
    {
        region.Values.RemoveAll(v => !Keep(v, live));
        foreach (Loop loop in region.Values.Where(v => v.Is(Structure.Loop)).Select(v => v.Loop!))
        {
            for (int k = loop.Carried.Count - 1; k >= 0; k--)
            {
                if (live.Contains(loop.Carried[k])) continue;
                loop.Carried.RemoveAt(k);
                loop.Initial.RemoveAt(k);
                loop.Yields.RemoveAt(k);
                loop.Results.RemoveAt(k);
            }
            loop.Stacked.RemoveAll(s => !live.Contains(s.Outer));
            Sweep(loop.Body, live);
        }
    }
}
