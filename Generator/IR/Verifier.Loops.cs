using System;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>Loops: their links, their slots and what they stack.</summary>
sealed partial class Verifier
{
    /// <summary>A carry, a slot behind a loop, a stack and a slice are known to the loop they belong to.</summary>
    void PartOfLoop(Value value)
    {
        if (value.Is(Structure.At) || value.Is(Structure.Carry))
        {
            if (value.Loop is null || value.Loop != value.Region.Owner)
                throw Broken(value, "does not belong to the loop whose body it stands in");
            if (value.Is(Structure.Carry) && !value.Loop.Carried.Contains(value))
                throw Broken(value, "is no slot of its loop");
            if (value.Is(Structure.At) && value.Inputs[0].Shape[0] != value.Loop.Count)
                throw Broken(value,
                    $"takes slices of {value.Inputs[0].Shape} in a loop that runs {value.Loop.Count} times");
        }
        else if (value.Is(Structure.Carried) || value.Is(Structure.Stacked))
        {
            if (value.Loop is null || value.Loop.Node != value.Inputs[0])
                throw Broken(value, "does not read the loop it belongs to");
            if (value.Region != value.Inputs[0].Region) throw Broken(value, "does not stand beside its loop");
            bool isKnown = value.Is(Structure.Carried)
                ? value.Loop.Results.Contains(value) : value.Loop.Stacked.Any(s => s.Outer == value);
            if (!isKnown) throw Broken(value, "is no slot and no stack of its loop");
        }
    }

    void Loop(Value node)
    {
        if (node.Loop is not { } loop || loop.Node != node || loop.Body is null
            || loop.Body.Owner != loop || loop.Body.Parent != node.Region)
            throw Broken(node, "is not linked with its body");
        if (loop.Scopes.FirstOrDefault(s => s.Count != loop.Count) is { } scope)
            throw Broken(node, $"runs {loop.Count} times over {scope.Path}, which has {scope.Count} layers");
        if (loop.Forward is { } forward) IsReverseOf(loop, forward);
        int slots = loop.Initial.Count;
        if (loop.Carried.Count != slots || loop.Yields.Count != slots || loop.Results.Count != slots)
            throw Broken(node,
                $"has {slots} starts, {loop.Carried.Count} carries, {loop.Yields.Count} yields "
                + $"and {loop.Results.Count} results");
        foreach (Value initial in loop.Initial)
            if (!IsInReach(initial, node.Region))
                throw Broken(node, $"starts from {initial}, which does not stand before it in reach");
        Region(loop.Body);
        for (int k = 0; k < slots; k++) Slot(loop, k);
        foreach (StackedValue stacked in loop.Stacked) Stack(loop, stacked);
    }

    void IsReverseOf(Loop loop, Loop forward)
    {
        if (!seen.Contains(forward.Node))
            throw Broken(loop.Node, "is the gradient of a loop that does not stand before it");
        if (loop.Reversed == forward.Reversed || loop.Count != forward.Count)
            throw Broken(loop.Node,
                $"does not run {forward.Node} backwards: {loop.Count} times against {forward.Count}, "
                + "or the same way round");
        if (loop.Node.Region == graph.Root && graph.Root.Values.IndexOf(loop.Node) < graph.ForwardCount)
            throw Broken(loop.Node, "is a gradient in the forward pass");
    }

    void Slot(Loop loop, int k)
    {
        (Value initial, Value carried) = (loop.Initial[k], loop.Carried[k]);
        (Value yielded, Value result) = (loop.Yields[k], loop.Results[k]);
        if (!carried.Is(Structure.Carry) || !loop.Body.Values.Contains(carried))
            throw Broken(loop.Node, $"slot {k} is not carried in its body");
        if (!result.Is(Structure.Carried) || !loop.Node.Region.Values.Contains(result))
            throw Broken(loop.Node, $"slot {k} has no result beside it");
        if (!IsInReach(yielded, loop.Body))
            throw Broken(loop.Node, $"slot {k} yields {yielded}, which is out of reach");
        foreach (Value value in new[] { carried, yielded, result })
            if (!value.Shape.Equals(initial.Shape) || value.Type != initial.Type)
                throw Broken(loop.Node, $"slot {k} changes from {initial} to {value}");
    }

    void Stack(Loop loop, StackedValue stacked)
    {
        (Value inner, Value outer) = (stacked.Inner, stacked.Outer);
        if (!IsInReach(inner, loop.Body)) throw Broken(loop.Node, $"stacks {inner}, which its body does not reach");
        if (!outer.Is(Structure.Stacked) || !loop.Node.Region.Values.Contains(outer))
            throw Broken(loop.Node, $"has no stack of {inner} beside it");
        if (!outer.Shape.Equals(inner.Shape.Prepend(loop.Count)) || outer.Type != inner.Type)
            throw Broken(loop.Node, $"stacks {inner} {loop.Count} times into {outer}");
    }
}
