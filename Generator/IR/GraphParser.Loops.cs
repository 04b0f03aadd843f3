using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>Loops, whose slots and stacks are named before the values that read them stand.</summary>
sealed partial class GraphParser
{
    readonly List<Loop> loops = [];

    /// <summary>Stacks as a body names them; the value beside the loop is read later.</summary>
    readonly List<(Loop Loop, Value Inner, int Outer)> stacks = [];

    void LoopLine(Region region, int id, string name)
    {
        Dim count = reader.Dim(dims);
        reader.Expect("times");
        string index = reader.Path();
        var over = new List<StackScope>();
        if (reader.Take("over"))
            do over.Add(Find(scopes, reader.Numbered('s'), "repetition", 's'));
            while (reader.Take(","));
        bool reversed = reader.Take("reversed");
        Loop? forward = null;
        if (reader.Take("gradient"))
        {
            reader.Expect("of");
            Value reversedLoop = Known();
            if (!reversedLoop.Is(Structure.Loop)) throw reader.Wrong($"a loop instead of n{Text(reversedLoop.Id)}");
            forward = reversedLoop.Loop;
        }
        var loop = new Loop(count, reversed, forward) { Index = index };
        loops.Add(loop);
        loop.Scopes.AddRange(over);
        reader.Expect("from");
        reader.Expect("(");
        if (!reader.Take(")")) loop.Initial.AddRange(Arguments());
        (ElementType type, Shape shape) = TypeAndShape();
        loop.Node = new Value(id, Structure.Loop, shape, type, region, [], OperationAttributes.None)
        {
            Name = name, Loop = loop,
        };
        dims[loop.Symbol.Name] = loop.Symbol;
        Add(loop.Node);
        Tail(loop.Node);
        loop.Body = new Region(region, loop);
        reader.Expect("{");
        Region(loop.Body);
        reader.Expect("yield");
        if (reader.IsNumbered('n')) loop.Yields.AddRange(Names());
        while (reader.Take("stack"))
        {
            Value inner = Known();
            reader.Expect("to");
            stacks.Add((loop, inner, reader.Numbered('n')));
        }
        reader.Expect("}");
    }

    void Place(Loop loop, List<Value> slots, int slot, Value value)
    {
        if (slot < 0 || slot >= loop.Initial.Count)
            throw reader.Wrong(
                $"one of the {Text(loop.Initial.Count)} slots that n{Text(loop.Node.Id)} starts from "
                + $"instead of {Text(slot)}");
        while (slots.Count <= slot) slots.Add(null!);
        if (slots[slot] is not null) throw reader.Wrong($"slot {Text(slot)} of n{Text(loop.Node.Id)} once, not twice");
        slots[slot] = value;
    }

    /// <summary>At the end all values are known; a name without one is reported there, with its number.</summary>
    void LinkLoops()
    {
        foreach ((Loop loop, Value inner, int outer) in stacks)
        {
            if (!values.TryGetValue(outer, out Value? stacked)
                || !stacked.Is(Structure.Stacked) || stacked.Loop != loop)
                throw reader.Wrong($"a line n{Text(outer)} = stacked of n{Text(loop.Node.Id)}, which the loop names");
            loop.Stacked.Add(new StackedValue(inner, stacked));
        }
        foreach (Loop loop in loops)
        {
            int slots = loop.Initial.Count;
            if (Missing(loop.Carried, slots) is { } carry)
                throw reader.Wrong($"a line carry {Text(carry)} in n{Text(loop.Node.Id)}");
            if (Missing(loop.Results, slots) is { } carried)
                throw reader.Wrong($"a line carried {Text(carried)} of n{Text(loop.Node.Id)}");
        }
    }

    static int? Missing(List<Value> slots, int count)
    {
        for (int k = 0; k < count; k++)
            if (k >= slots.Count || slots[k] is null) return k;
        return null;
    }
}
