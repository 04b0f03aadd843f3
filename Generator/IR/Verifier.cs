using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>What must hold of a graph between any two passes; a broken rule is a fault of the pass before.</summary>
sealed class Verifier
{
    readonly Graph graph;
    readonly string pass;
    readonly HashSet<Value> seen = [];
    readonly HashSet<int> ids = [];

    Verifier(Graph graph, string pass) => (this.graph, this.pass) = (graph, pass);

    /// <exception cref="InvalidOperationException">Names pass, value and rule.</exception>
    public static void Check(string pass, Graph graph)
    {
        var verifier = new Verifier(graph, pass);
        verifier.Region(graph.Root);
        verifier.Ends();
        verifier.Kernels();
    }

    void Require(bool holds, Value? value, string rule)
    {
        if (!holds) throw new InvalidOperationException($"After {pass} in {graph.Name}: {(value is null ? "" : value + ": ")}{rule}.");
    }

    void Region(Region region)
    {
        for (int i = 0; i < region.Values.Count; i++)
        {
            Value value = region.Values[i];
            Require(value.Region == region, value, "stands in a region that is not its own");
            Require(ids.Add(value.Id), value, "has a number that another value has");
            Require(value.Id < graph.NextId, value, "has a number that is still to be given");
            foreach (Value input in value.Inputs)
                Require(seen.Contains(input) && region.IsInside(input.Region), value,
                    $"reads {input}, which does not stand before it in reach");
            Operation(value);
            if (value.Layout is { } layout)
                Require(layout.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, value.Shape.Rank)), value,
                    "has a layout that is no order of its axes");
            seen.Add(value);
            if (value.Is(Structure.Loop)) Loop(value);
        }
    }

    void Loop(Value node)
    {
        Loop loop = node.Loop!;
        Require(loop.Node == node && loop.Body.Owner == loop && loop.Body.Parent == node.Region, node,
            "is not linked with its body");
        int slots = loop.Initial.Count;
        Require(loop.Carried.Count == slots && loop.Yields.Count == slots && loop.Results.Count == slots, node,
            "has slots without a start, a carry, a yield or a result");
        foreach (Value initial in loop.Initial) Require(seen.Contains(initial) && node.Region.IsInside(initial.Region),
            node, $"starts from {initial}, which does not stand before it in reach");
        Region(loop.Body);
        for (int k = 0; k < slots; k++)
        {
            Require(loop.Carried[k].Is(Structure.Carry) && loop.Carried[k].Region == loop.Body, node,
                $"slot {k} is not carried in its body");
            Require(loop.Results[k].Is(Structure.Carried) && loop.Results[k].Region == node.Region, node,
                $"slot {k} has no result beside it");
            Require(seen.Contains(loop.Yields[k]) && loop.Body.IsInside(loop.Yields[k].Region), node,
                $"slot {k} yields {loop.Yields[k]}, which is out of reach");
            foreach (Value same in new[] { loop.Carried[k], loop.Yields[k], loop.Results[k] })
                Require(same.Shape.Equals(loop.Initial[k].Shape) && same.Type == loop.Initial[k].Type, node,
                    $"slot {k} changes from {loop.Initial[k].Shape} to {same.Shape}");
        }
        foreach (StackedValue stacked in loop.Stacked)
        {
            Require(seen.Contains(stacked.Inner) && stacked.Inner.Region.IsInside(loop.Body)
                || loop.Body.IsInside(stacked.Inner.Region), node, $"stacks {stacked.Inner}, which is not of its body");
            Require(stacked.Outer.Shape.Equals(stacked.Inner.Shape.Prepend(loop.Count)), node,
                $"stacks {stacked.Inner.Shape} into {stacked.Outer.Shape}");
            Require(stacked.Outer.Region == node.Region, node, "has a stack that does not stand beside it");
        }
        Require(loop.Forward is null || seen.Contains(loop.Forward.Node), node,
            "is the gradient of a loop that does not stand before it");
    }

    void Operation(Value value)
    {
        Shape[] inputs = [.. value.Inputs.Select(i => i.Shape)];
        switch (value.Op.Kind)
        {
            case PrimitiveKind.Elementwise:
                Shape shape = inputs.Aggregate((a, b) => Shape.Broadcast(a, b, value.Op.Name));
                Require(shape.Equals(value.Shape), value, $"is {shape} by its inputs");
                break;
            case PrimitiveKind.Reduction:
                Shape reduced = value.Attributes.Axes.Aggregate(inputs[0], (s, axis) => s.With(axis, 1));
                Require(reduced.Equals(value.Shape), value, $"is {reduced} by its input and axes");
                break;
            case PrimitiveKind.View:
                View(value, inputs[0]);
                break;
        }
        if (value.Is(Primitives.MatMul))
        {
            Require(inputs[0].Rank >= 2 && inputs[1].Rank >= 2 && inputs[0][-1] == inputs[1][-2], value,
                $"multiplies {inputs[0]} with {inputs[1]}");
            Require(value.Shape[-2] == inputs[0][-2] && value.Shape[-1] == inputs[1][-1], value,
                $"has another shape than the product of {inputs[0]} and {inputs[1]}");
        }
        if (value.Is(Structure.At) || value.Is(Structure.Pick)) Require(inputs[0].Rank > 0
            && inputs[0].Tail.Equals(value.Shape), value, $"is no slice of {inputs[0]}");
        if (value.Is(Structure.At)) Require(value.Loop is not null && value.Region.IsInside(value.Loop.Body)
            && inputs[0][0] == value.Loop.Count, value, "is not at the index of a loop around it");
        if (value.Is(Structure.Place)) Require(value.Shape.Tail.Equals(inputs[0]), value,
            $"does not place {inputs[0]}");
        if (value.Is(Structure.Parameter)) Require(value.Region == graph.Root && value.Initializer is not null
            && value.Shape.Size.IsConstant, value,
            "is a parameter inside a loop, without a start, or of no fixed size");
        if (value.Is(Primitives.Gather)) Require(value.Inputs[1].Type == ElementType.Int32, value,
            "looks up something other than integers");
    }

    void View(Value value, Shape input)
    {
        if (value.Is(Primitives.Reshape)) Require(input.Size == value.Shape.Size, value,
            $"has another size than {input}");
        if (value.Is(Primitives.Permute)) Require(new Shape([.. value.Attributes.Axes.Select(a => input[a])])
            .Equals(value.Shape), value, $"is no order of the axes of {input}");
        if (value.Is(Primitives.BroadcastTo)) Require(Shape.Broadcast(input, value.Shape, "broadcast")
            .Equals(value.Shape), value, $"does not repeat {input}");
        if (value.Is(Primitives.Slice)) Require(input.With(value.Attributes.Axes[0],
            value.Shape[value.Attributes.Axes[0]]).Equals(value.Shape), value, $"is no stretch of {input}");
    }

    void Ends()
    {
        Require(graph.Results.Count > 0, null, "nothing is returned");
        foreach (Value result in graph.Results) Require(seen.Contains(result) && result.Region == graph.Root, result,
            "is returned without standing in the root");
        foreach (KeyValuePair<Value, Value> gradient in graph.Gradients)
        {
            Require(seen.Contains(gradient.Value) && gradient.Value.Region == graph.Root, gradient.Value,
                "is a gradient that does not stand in the root");
            Require(gradient.Key.Shape.Equals(gradient.Value.Shape), gradient.Value,
                $"is the gradient of {gradient.Key}");
        }
        Require(graph.ForwardCount <= graph.Root.Values.Count, null, "the forward pass is longer than the graph");
    }

    /// <summary>A kernel's values stand together, and only what it writes is read by others.</summary>
    void Kernels()
    {
        foreach (Region region in graph.AllRegions())
        {
            var closed = new HashSet<Kernel>();
            Kernel? open = null;
            foreach (Value value in region.Values)
            {
                if (value.Kernel != open && open is not null) closed.Add(open);
                open = value.Kernel;
                Require(open is null || !closed.Contains(open), value, "stands apart from the rest of its kernel");
                foreach (Value input in value.Inputs)
                    Require(input.Kernel is null || input.Kernel == value.Kernel
                        || input.Kernel.Outputs.Contains(input), value,
                        $"reads {input}, which its kernel does not write");
            }
        }
        foreach (Kernel kernel in graph.Root.AllValues().Select(v => v.Kernel).OfType<Kernel>().Distinct())
            foreach (Value output in kernel.Outputs) Require(output.Kernel == kernel && seen.Contains(output), output,
                "is written by a kernel that is not its own");
    }
}
