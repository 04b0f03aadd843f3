using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Which elementwise values and views must have memory of their own: those that a matrix product, a loop or another
/// region reads, results, sums of products that another is added to, and those whose readers do not run over them in
/// step. All others are computed inside the kernels that read them.
/// </summary>
sealed class RequiredValues
{
    const int LongestChain = 100;

    readonly HashSet<Value> required = [];

    public RequiredValues(Graph graph)
    {
        foreach (Value value in graph.Root.AllValues())
        {
            bool readsMemory = value.Op.Kind == PrimitiveKind.Kernel || value.Op.Kind == PrimitiveKind.Structure;
            bool readsStrides = value.Is(Primitives.MatMul) || value.Op.Facet.IsStrided;
            // A product reads strides, though none of integers; whatever else reads memory reads it in order, of an
            // enclosing region as well.
            foreach (Value input in value.Inputs)
                if (readsMemory && (!readsStrides || input.Type == ElementType.Int32)) RequireInOrder(input);
                else if (readsMemory || input.Region != value.Region && !IsFree(input)) Require(input);
            if (!value.Is(Structure.Loop)) continue;
            foreach (Value read in value.Loop!.Initial.Concat(value.Loop.Yields)
                .Concat(value.Loop.Stacked.Select(s => s.Inner)))
                RequireInOrder(read);
        }
        foreach (Value copied in graph.Gradients.Values.Concat(graph.NewStates.Values)) RequireInOrder(copied);
        foreach (Value result in graph.Results)
            if (result.Op.Kind == PrimitiveKind.View) required.Add(result);
            else Require(result);
        KeepSumsOfProducts(graph);
        CutLongChains(graph);
    }

    /// <summary>
    /// Products that are added up are added one to the sum of those before it, each on its own tiles: a sum of three
    /// would be a pass over three tensors. And what is kept for the gradient outside of loops is stored as inside.
    /// </summary>
    void KeepSumsOfProducts(Graph graph)
    {
        Dictionary<Value, List<Value>> readers = graph.Readers();
        List<Value> Of(Value value) => readers.TryGetValue(value, out List<Value>? list) ? list : [];
        bool AddsProduct(Value value, Value? except = null) => value.Is(Primitives.Add)
            && value.Inputs.Any(i => i != except && i.Is(Primitives.MatMul) && i.Shape.Equals(value.Shape));
        foreach (Value value in graph.Root.AllValues())
            if (AddsProduct(value) && Of(value) is [{ } reader]
                && reader.Region == value.Region && AddsProduct(reader, value)) required.Add(value);
        HashSet<Value> forward = [.. graph.Root.Values.Take(Math.Max(0, graph.ForwardCount))];
        foreach (Value value in forward)
            if (ProductSums.IsKept(value, v => Of(v).Count(forward.Contains))
                && Of(value).Any(r => !forward.Contains(r))) required.Add(value);
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
    public bool IsFree(Value value) => IsFree(value, []);

    /// <param name="value">Asked for.</param>
    /// <param name="seen">Already found to be free: a value may be reached in many ways.</param>
    bool IsFree(Value value, HashSet<Value> seen)
    {
        if (seen.Contains(value)) return true;
        bool isFree = !required.Contains(value) && value.Op.Kind switch
        {
            PrimitiveKind.Source => true,
            PrimitiveKind.Elementwise or PrimitiveKind.View => value.Inputs.All(i => IsFree(i, seen)),
            _ => false,
        };
        if (isFree) seen.Add(value);
        return isFree;
    }

    /// <summary>
    /// Values computed one of another without memory in between: no more than a compiler's stack can follow.
    /// </summary>
    void CutLongChains(Graph graph)
    {
        var depths = new Dictionary<Value, int>();
        foreach (Value value in graph.Root.AllValues())
        {
            if (value.Op.Kind is not (PrimitiveKind.Elementwise or PrimitiveKind.View)
                || required.Contains(value)) continue;
            int depth = 1 + value.Inputs.Select(i => depths.TryGetValue(i, out int d) ? d : 0).DefaultIfEmpty(0).Max();
            if (depth > LongestChain && value.Op.Kind == PrimitiveKind.Elementwise && value.Type == ElementType.Float32
                && Require(value)) depth = 0;
            depths[value] = depth;
        }
    }

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
