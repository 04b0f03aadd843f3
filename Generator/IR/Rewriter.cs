using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// Replaces values everywhere they are read, and inserts new ones. What a pass that changes a graph is written with.
/// </summary>
sealed class Rewriter(Graph graph)
{
    readonly Dictionary<Value, Value> replacements = [];

    /// <summary>Whether <see cref="Apply"/> has anything to do.</summary>
    public bool HasChanges => replacements.Count > 0;

    /// <summary>Every reader of one value is to read another, which must stand before it.</summary>
    public void Replace(Value value, Value by)
    {
        replacements[value] = by;
        if (by.Name.Length == 0) by.Name = value.Name;
    }

    /// <summary>What a value has been replaced by so far; itself if nothing.</summary>
    public Value Resolve(Value value)
    {
        while (replacements.TryGetValue(value, out Value? by)) value = by;
        return value;
    }

    /// <summary>A new value directly before another of the same region, described like it.</summary>
    public Value InsertBefore(
        Value place, Primitive op, OperationAttributes attributes, Shape shape, ElementType type, params Value[] inputs)
    {
        var value = new Value(graph.NextId++, op, shape, type, place.Region, inputs, attributes)
        {
            Source = place.Source, Scope = place.Scope, NeedsGradient = place.NeedsGradient, Loop = null,
            Precision = place.Precision,
        };
        int index = place.Region.Values.IndexOf(place);
        place.Region.Values.Insert(index, value);
        if (place.Region == graph.Root && index < graph.ForwardCount) graph.ForwardCount++;
        return value;
    }

    /// <summary>Rewrites every reader and drops what was replaced.</summary>
    public void Apply()
    {
        if (!HasChanges) return;
        if (graph.ForwardCount >= 0) graph.ForwardCount -= graph.Root.Values.Take(graph.ForwardCount)
            .Count(replacements.ContainsKey);
        Region(graph.Root);
        InPlace(graph.Results);
        foreach (Value parameter in graph.Gradients.Keys.ToList()) graph.Gradients[parameter] =
            Resolve(graph.Gradients[parameter]);
        foreach (Value state in graph.NewStates.Keys.ToList()) graph.NewStates[state] = Resolve(graph.NewStates[state]);
        replacements.Clear();
    }

    void Region(Region region)
    {
        region.Values.RemoveAll(replacements.ContainsKey);
        foreach (Value value in region.Values)
        {
            InPlace(value.Inputs);
            if (!value.Is(Structure.Loop)) continue;
            Loop loop = value.Loop!;
            Region(loop.Body);
            InPlace(loop.Initial);
            InPlace(loop.Yields);
            for (int i = 0; i < loop.Stacked.Count; i++)
                loop.Stacked[i] = loop.Stacked[i] with { Inner = Resolve(loop.Stacked[i].Inner) };
        }
    }

    void InPlace(IList<Value> values)
    {
        for (int i = 0; i < values.Count; i++) values[i] = Resolve(values[i]);
    }
}
