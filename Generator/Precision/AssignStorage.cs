using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Precision;

/// <summary>
/// Says what each stored value is in memory: in a layer of low precision activations and their gradients have 16 bits,
/// and products read copies of the parameters, made once a step.
/// <code>
/// n2 = matmul(x: f32, w: f32) : f32 precision BFloat16   n3 = add(n2, b) : f32 precision BFloat16
/// →
/// n4 = convert(w) : f32 as bf16                          n2 = matmul(x, n4) : f32
/// n3 = add(n2, b) : f32 as bf16
/// </code>
/// In fp32 stay parameters and their gradients, states, arguments, results, single numbers, numbers drawn, and what is
/// reduced of rows or columns. No type changes: kernels compute in fp32.
/// </summary>
sealed class AssignStorage
{
    readonly Graph graph;
    readonly HashSet<Value> kept = [];
    readonly Dictionary<Value, StorageType> known = [];

    AssignStorage(Graph graph) => this.graph = graph;

    public static void Run(Graph graph)
    {
        if (graph.Root.AllValues().All(v => v.Precision == PrecisionLevel.Float32)) return;
        var pass = new AssignStorage(graph);
        foreach (Value parameterOrState in graph.Gradients.Values.Concat(graph.NewStates.Values))
            pass.Keep(parameterOrState, withParts: true);
        foreach (Value result in graph.Results) pass.Keep(result, withParts: false);
        pass.KeepCompared();
        foreach (Value value in graph.Root.AllValues().ToList()) value.Storage = pass.Of(value);
        new ConvertOperands(graph).Run();
    }

    /// <summary>What a precision stores activations as.</summary>
    public static StorageType Activations(PrecisionLevel precision) => precision switch
    {
        PrecisionLevel.BFloat16 or PrecisionLevel.Float8 or PrecisionLevel.Float8Gradient => StorageType.BFloat16,
        PrecisionLevel.Float16 => StorageType.Float16,
        _ => StorageType.Float32,
    };

    /// <summary>Keeps a value in fp32, and what it is carried or stacked by.</summary>
    /// <param name="value">An end of the graph.</param>
    /// <param name="withParts">Whether what it is a sum of is kept as well: a gradient's parts are.</param>
    void Keep(Value value, bool withParts)
    {
        if (!kept.Add(value)) return;
        if (value.Is(Structure.Carried)) Keep(value.Loop!.Carried[value.Loop.Results.IndexOf(value)], withParts);
        else if (value.Is(Structure.Carry))
        {
            int slot = value.Loop!.Carried.IndexOf(value);
            Keep(value.Loop.Initial[slot], withParts);
            Keep(value.Loop.Yields[slot], withParts);
        }
        else if (value.Is(Structure.Stacked))
            Keep(value.Loop!.Stacked.First(s => s.Outer == value).Inner, withParts);
        else if (value.Op.Kind == PrimitiveKind.View && value.Inputs.Length > 0) Keep(value.Inputs[0], withParts);
        else if (withParts && (value.Is(Primitives.Add) || value.Is(Structure.Place) || value.Is(Primitives.Pad)
            || value.Is(Primitives.Concatenate)))
            foreach (Value part in value.Inputs) Keep(part, withParts);
    }

    /// <summary>
    /// The gradient of a maximum looks for the element that equals it, among numbers that it computes again: rounded in
    /// one kernel and not in the other, none would.
    /// </summary>
    void KeepCompared()
    {
        Value[] all = [.. graph.Root.AllValues()];
        Value[] compared = [.. all.Where(v => v.Is(Primitives.Equal)).SelectMany(v => v.Inputs)
            .Where(i => i.Type == ElementType.Float32)];
        if (compared.Length == 0) return;
        foreach (Value value in compared.Concat(all.Where(v => v.Is(Primitives.Max)).Select(v => v.Inputs[0])))
        {
            Value shown = value;
            while (shown.Op.Kind == PrimitiveKind.View && shown.Inputs.Length > 0) shown = shown.Inputs[0];
            if (shown.Op.Kind == PrimitiveKind.Elementwise) kept.Add(shown);
        }
    }

    StorageType Of(Value value)
    {
        if (known.TryGetValue(value, out StorageType storage)) return storage;
        // A slot that only hands itself on ends here.
        known[value] = kept.Contains(value) || value.Type != ElementType.Float32 ? StorageTypes.Of(value.Type)
            : Activations(value.Precision);
        return known[value] = Find(value);
    }

    StorageType Find(Value value)
    {
        StorageType own = StorageTypes.Of(value.Type);
        if (value.Type != ElementType.Float32 || value.Is(Structure.Loop)) return own;
        if (value.Is(Structure.At) || value.Is(Structure.Pick)) return Of(value.Inputs[0]);
        if (value.Is(Structure.Stacked)) return Of(value.Loop!.Stacked.First(s => s.Outer == value).Inner);
        if (value.Is(Structure.Carried)) return Of(value.Loop!.Carried[value.Loop.Results.IndexOf(value)]);
        if (value.Is(Structure.Carry)) return Of(value.Loop!.Yields[value.Loop.Carried.IndexOf(value)]);
        if (value.Op.Kind == PrimitiveKind.View && !value.IsStored && value.Inputs.Length > 0)
            return Of(value.Inputs[0]);
        if (value.Kernel is null || !value.IsStored || kept.Contains(value)) return own;
        bool isNumber = value.Shape.Effective().Count == 0;
        return isNumber || value.Is(Primitives.RandomUniform) || IsStatistic(value) ? own
            : Activations(value.Precision);
    }

    /// <summary>A reduction's result, or what is computed of such results alone: a mean, a log of a sum.</summary>
    static bool IsStatistic(Value value)
    {
        if (value.Op.Kind == PrimitiveKind.Reduction || value.Op.Facet.IsStatistic) return true;
        if (value.Is(Structure.At) || value.Is(Structure.Pick)) return IsStatistic(value.Inputs[0]);
        if (value.Is(Structure.Stacked)) return IsStatistic(value.Loop!.Stacked.First(s => s.Outer == value).Inner);
        if (value.Op.Kind is not (PrimitiveKind.Elementwise or PrimitiveKind.View)) return false;
        Value[] computed = [.. value.Inputs.Where(i => i.Shape.Effective().Count > 0)];
        return computed.Length > 0 && computed.All(IsStatistic) && computed.Any(i => i.Shape.Size == value.Shape.Size);
    }
}
