using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// What must hold of a graph between any two passes; a broken rule is a fault of the pass before. Order and reach are
/// checked here, what an operation gives in <see cref="OperationRules"/>, loops and kernels in the other parts.
/// </summary>
sealed partial class Verifier
{
    readonly Graph graph;
    readonly string pass;
    readonly HashSet<DimSymbol> dims;
    readonly HashSet<Value> seen = [];
    readonly HashSet<int> ids = [];

    /// <summary>Some value has a kernel: the graph is grouped, and everything that computes must have one.</summary>
    readonly bool isFused;

    Verifier(Graph graph, string pass)
    {
        (this.graph, this.pass) = (graph, pass);
        dims = [.. graph.Dims];
        isFused = graph.Root.AllValues().Any(v => v.Kernel is not null);
    }

    /// <exception cref="InvalidOperationException">Names pass, value and rule.</exception>
    public static void Check(string pass, Graph graph)
    {
        var verifier = new Verifier(graph, pass);
        verifier.Region(graph.Root);
        verifier.Ends();
        verifier.Kernels();
    }

    InvalidOperationException Broken(Value? value, string rule) =>
        new($"After {pass} in {graph.Name}: {(value is null ? "" : value + ": ")}{rule}.");

    void Region(Region region)
    {
        foreach (Value value in region.Values)
        {
            if (value.Region != region) throw Broken(value, "stands in a region that is not its own");
            if (!ids.Add(value.Id)) throw Broken(value, "has a number that another value has");
            if (value.Id >= graph.NextId)
                throw Broken(value, $"has a number that is still to be given, the next is {graph.NextId}");
            foreach (Value input in value.Inputs)
            {
                if (!IsInReach(input, region))
                    throw Broken(value, $"reads {input}, which does not stand before it in reach");
                if (input.Is(Structure.Loop) && !value.Is(Structure.Carried) && !value.Is(Structure.Stacked))
                    throw Broken(value, $"reads {input} as a whole; read what it carries or stacks");
            }
            if (OperationRules.Broken(value) is { } rule) throw Broken(value, rule);
            foreach (DimSymbol symbol in value.Shape.Dims.Append(value.Attributes.Start).SelectMany(d => d.Symbols))
                if (!dims.Contains(symbol) && !(value.IsDrawn && IsIndex(symbol, region)))
                    throw Broken(value, $"has a length of {symbol}, which the graph does not declare");
            if (value.Layout is { } layout && !OperationRules.IsOrder(layout, value.Shape.Rank))
                throw Broken(value, "has a layout that is no order of its axes");
            if (value.Op.Kind == PrimitiveKind.Structure) PartOfLoop(value);
            seen.Add(value);
            if (value.Is(Structure.Loop)) Loop(value);
        }
    }

    /// <summary>The index of a loop around a region.</summary>
    static bool IsIndex(DimSymbol symbol, Region region)
    {
        for (Region? around = region; around is not null; around = around.Parent)
            if (around.Owner?.Symbol.Equals(symbol) == true) return true;
        return false;
    }

    /// <summary>Stands before what is being looked at, in the same region or in one around it.</summary>
    bool IsInReach(Value value, Region region) => seen.Contains(value) && region.IsInside(value.Region);

    void Ends()
    {
        Declared(graph.Inputs, Structure.Input);
        Declared(graph.Parameters, Structure.Parameter);
        foreach (Value parameter in graph.Parameters)
            if (parameter.Initializer is null || !parameter.Shape.Size.IsConstant)
                throw Broken(parameter, "is a parameter without a start, or of no fixed size");

        // Where every input stands before its reader, no forward value reads a backward one: only the border is left.
        int forward = graph.ForwardCount;
        if (forward < -1 || forward > graph.Root.Values.Count)
            throw Broken(null, $"the forward pass has {forward} values, the graph {graph.Root.Values.Count}");
        if (graph.Gradients.Count > 0 && forward < 0)
            throw Broken(null, "there are gradients and no border between forward and backward pass");
        if (graph.Results.Count == 0) throw Broken(null, "nothing is returned");
        foreach (Value result in graph.Results)
            if (!seen.Contains(result) || result.Region != graph.Root)
                throw Broken(result, "is returned without standing in the root");

        foreach (KeyValuePair<Value, Value> pair in graph.Gradients)
        {
            (Value parameter, Value gradient) = (pair.Key, pair.Value);
            if (!parameter.Is(Structure.Parameter))
                throw Broken(gradient, $"is the gradient of {parameter}, which is no parameter");
            if (!seen.Contains(gradient) || gradient.Region != graph.Root)
                throw Broken(gradient, "is a gradient that does not stand in the root");
            if (!parameter.Shape.Equals(gradient.Shape) || parameter.Type != gradient.Type)
                throw Broken(gradient, $"is the gradient of {parameter}, which has another shape or type");
        }
        States();
    }

    void States()
    {
        foreach (KeyValuePair<Value, Value> pair in graph.NewStates)
        {
            (Value state, Value now) = (pair.Key, pair.Value);
            if (!state.Is(Structure.Parameter) || state.IsTrained)
                throw Broken(now, $"is the new value of {state}, which is no state");
            if (!seen.Contains(now) || now.Region != graph.Root)
                throw Broken(now, "is the new value of a state and does not stand in the root");
            if (!state.Shape.Equals(now.Shape) || state.Type != now.Type)
                throw Broken(now, $"is the new value of {state}, which has another shape or type");
        }
    }

    /// <summary>The text form writes arguments and parameters where they stand: all in the root, in order.</summary>
    void Declared(List<Value> declared, Primitive op)
    {
        Value[] found = [.. graph.Root.AllValues().Where(v => v.Is(op))];
        if (found.FirstOrDefault(v => v.Region != graph.Root) is { } inner)
            throw Broken(inner, "is declared inside a loop");
        if (!found.SequenceEqual(declared))
            throw Broken(null, $"the graph declares {op.Name}s {Names(declared)}, its root holds {Names(found)}");
    }

    static string Names(IEnumerable<Value> values) => $"({string.Join(", ", values.Select(v => "n" + v.Id))})";
}
