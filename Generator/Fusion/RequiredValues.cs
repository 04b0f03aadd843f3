using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Which elementwise values and views must have memory of their own: those that a matrix product, a loop or another region reads, results,
/// and those whose readers do not run over them in step. All others are computed inside the kernels that read them.
/// </summary>
sealed class RequiredValues
{
    readonly HashSet<Value> required = [];

    public RequiredValues(Graph graph)
    {
        foreach (Value value in graph.Root.AllValues())
        {
            bool readsMemory = value.Op.Kind == PrimitiveKind.Kernel || value.Op.Kind == PrimitiveKind.Structure;
            foreach (Value input in value.Inputs)
                if (value.Is(Primitives.MatMul) || input.Region != value.Region && !IsFree(input)) Require(input);
                else if (readsMemory) RequireInOrder(input);
            if (!value.Is(Structure.Loop)) continue;
            foreach (Value read in value.Loop!.Initial.Concat(value.Loop.Yields)
                .Concat(value.Loop.Stacked.Select(s => s.Inner)))
                RequireInOrder(read);
        }
        foreach (Value gradient in graph.Gradients.Values) RequireInOrder(gradient);
        foreach (Value result in graph.Results)
            if (result.Op.Kind == PrimitiveKind.View) required.Add(result);
            else Require(result);
    }

    /// <summary>For readers that walk memory from start to end.</summary>
    void RequireInOrder(Value value)
    {
        Require(value);
        if (value.Op.Kind != PrimitiveKind.View || required.Contains(value)) return;
        if (Strided.Of(value, required) is not { } strided || !strided.IsContiguous(value.Shape)) required.Add(value);
    }

    public bool Contains(Value value) => required.Contains(value);

    /// <summary>Known without memory, in any region: constants, ranges, and what is computed of them alone.</summary>
    public bool IsFree(Value value) => !required.Contains(value) && value.Op.Kind switch
    {
        PrimitiveKind.Source => true,
        PrimitiveKind.Elementwise or PrimitiveKind.View => value.Inputs.All(IsFree),
        _ => false,
    };

    /// <summary>Whether a kernel of a region computes this value itself.</summary>
    public bool IsInlined(Value value, Region region) => !required.Contains(value) && value.Op.Kind switch
    {
        PrimitiveKind.Source => true,
        PrimitiveKind.Elementwise or PrimitiveKind.View => value.Region == region || IsFree(value),
        _ => false,
    };

    /// <summary>Sees to it that a value can be read from memory; true if that is new.</summary>
    public bool Require(Value value)
    {
        switch (value.Op.Kind)
        {
            case PrimitiveKind.Source or PrimitiveKind.Elementwise:
                return required.Add(value);
            case PrimitiveKind.View when required.Contains(value):
                return false;
            case PrimitiveKind.View when IsFree(value) || value.Is(Primitives.BroadcastTo):
                return required.Add(value);
            case PrimitiveKind.View when Strided.Of(value, required) is null:
                Value input = value.Inputs[0];
                if (Strided.Of(input, required) is null) return Require(input);
                if (input.Op.Kind == PrimitiveKind.View) return required.Add(input);
                input.Layout = null;
                return true;
            case PrimitiveKind.View:
                return Require(value.Inputs[0]);
            default:
                return false;
        }
    }
}
