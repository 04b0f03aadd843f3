using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler;

public abstract partial class TensorBase
{
    private protected TensorBase(Value value, IReadOnlyList<StackScope>? stacks)
    {
        Value = value;
        Stacks = stacks ?? [];
        // A parameter of a repeated layer looks to its layer like one layer's own.
        Shape shape = value.Shape;
        for (int i = 0; i < Stacks.Count; i++) shape = shape.Tail;
        Shape = shape;
    }

    /// <summary>What this tensor is in the graph being recorded.</summary>
    internal Value Value { get; }

    /// <summary>
    /// For a parameter of repeated layers: the repetitions, outermost first, that its value has as leading axes.
    /// </summary>
    internal IReadOnlyList<StackScope> Stacks { get; }
}
