using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Writes grouped units back into a region: kernels in order of dependence, each with its own copy of what it computes
/// in registers, so that the values of a kernel stand together and belong to it alone.
/// </summary>
sealed class PlaceKernels
{
    readonly Graph graph;
    readonly Region region;
    readonly Dictionary<Value, FusionUnit> makers = [];
    readonly HashSet<FusionUnit> placed = [];
    readonly HashSet<Value> done = [];
    readonly HashSet<Value> taken = [];
    readonly List<Value> order = [];

    /// <summary>Inputs before any kernel took a value for itself.</summary>
    readonly IReadOnlyDictionary<Value, Value[]> inputsOf;

    PlaceKernels(Graph graph, Region region, IReadOnlyDictionary<Value, Value[]> inputsOf) =>
        (this.graph, this.region, this.inputsOf) = (graph, region, inputsOf);

    public static void Run(
        Graph graph, Region region, List<FusionUnit> units, IReadOnlyDictionary<Value, Value[]> inputsOf, ref int id)
    {
        var pass = new PlaceKernels(graph, region, inputsOf);
        foreach (FusionUnit unit in units)
            foreach (Value root in unit.Roots) pass.makers[root] = unit;
        HashSet<Value> read = pass.ReadOutside(units);
        foreach (Value value in region.Values.Where(v =>
            v.Is(Structure.Input) || v.Is(Structure.Parameter) || v.Is(Structure.Carry)))
            pass.Visit(value, ref id, read);
        bool isRoot = region == graph.Root && graph.ForwardCount >= 0;
        foreach (FusionUnit unit in units.Where(u => !u.IsBackward)) pass.Place(unit, ref id, read);
        if (isRoot) pass.VisitAll(graph.Results.Concat(graph.NewStates.Values), ref id, read);
        int forward = pass.order.Count;
        foreach (FusionUnit unit in units.Where(u => u.IsBackward)) pass.Place(unit, ref id, read);
        if (region == graph.Root) pass.VisitAll(graph.Ends, ref id, read);
        if (region.Owner is { } owner) pass.VisitAll([.. owner.Yields, .. owner.Stacked.Select(s => s.Inner)], ref id,
            read);
        pass.VisitAll([.. region.Values.Where(v => v.Is(Structure.Carried) || v.Is(Structure.Stacked))], ref id, read);
        // Slices and picks that only loops inside this region read.
        pass.VisitAll([.. region.Values.Where(v => v.Is(Structure.At) || v.Is(Structure.Pick))], ref id, read);
        region.Values.Clear();
        region.Values.AddRange(pass.order);
        if (isRoot) graph.ForwardCount = forward;
    }

    /// <summary>Roots that something outside their own kernel reads: what has to be written.</summary>
    HashSet<Value> ReadOutside(List<FusionUnit> units)
    {
        var read = new HashSet<Value>();
        void Read(Value value, FusionUnit? by)
        {
            for (; ; value = value.Inputs[0])
            {
                if (makers.TryGetValue(value, out FusionUnit? maker))
                {
                    if (maker != by) read.Add(value);
                    return;
                }
                if (value.Region != region || value.Inputs.Length == 0
                    || value.Op.Kind == PrimitiveKind.Elementwise) return;
            }
        }
        foreach (FusionUnit unit in units)
            foreach (Value leaf in unit.Leaves) Read(leaf, unit);
        foreach (Value value in graph.Ends) Read(value, null);
        if (region.Owner is { } owner)
            foreach (Value value in owner.Yields.Concat(owner.Stacked.Select(s => s.Inner))) Read(value, null);
        foreach (Value at in region.Values.Where(v => v.Is(Structure.At) || v.Is(Structure.Pick))) Read(at.Inputs[0],
            null);
        return read;
    }

    void VisitAll(IEnumerable<Value> values, ref int id, HashSet<Value> read)
    {
        foreach (Value value in values) Visit(value, ref id, read);
    }

    void Visit(Value value, ref int id, HashSet<Value> read)
    {
        if (value.Region != region || done.Contains(value)) return;
        if (makers.TryGetValue(value, out FusionUnit? unit))
        {
            Place(unit, ref id, read);
            return;
        }
        if (!done.Add(value)) return;
        foreach (Value input in value.Inputs) Visit(input, ref id, read);
        order.Add(value);
    }

    void Place(FusionUnit unit, ref int id, HashSet<Value> read)
    {
        if (!placed.Add(unit)) return;
        foreach (Value leaf in unit.Leaves.OrderBy(l => l.Id))
            if (!makers.TryGetValue(leaf, out FusionUnit? maker) || maker != unit) Visit(leaf, ref id, read);
        if (unit.Kind is not { } kind)
        {
            foreach (Value root in unit.Roots)
            {
                done.Add(root);
                order.Add(root);
            }
            return;
        }
        var kernel = new Kernel(id++, kind, new Shape([.. unit.Space]));
        var copies = new Dictionary<Value, Value>();
        foreach (Value root in unit.Roots)
        {
            Compute(root, unit, kernel, copies);
            if (read.Contains(root)) kernel.Outputs.Add(root);
        }
    }

    /// <summary>Appends a value of a kernel after those it is computed of.</summary>
    Value Compute(Value value, FusionUnit unit, Kernel kernel, Dictionary<Value, Value> copies)
    {
        if (copies.TryGetValue(value, out Value? known)) return known;
        bool isRoot = unit.Roots.Contains(value);
        if (!isRoot && !unit.Inlined.Contains(value)) return value;
        Value[] inputs = [.. inputsOf[value].Select(i => Compute(i, unit, kernel, copies))];
        Value own = value;
        // Views are cheap to repeat, and loops and results may show one as well.
        if (!isRoot && (!taken.Add(value) || value.Region != region || value.Op.Kind == PrimitiveKind.View))
            own = new Value(graph.NextId++, value.Op, value.Shape, value.Type, region, inputs, value.Attributes)
            {
                Name = value.Name, Source = value.Source, Scope = value.Scope, NeedsGradient = value.NeedsGradient,
                Precision = value.Precision,
            };
        else inputs.CopyTo(value.Inputs, 0);
        own.Kernel = kernel;
        copies[value] = own;
        done.Add(own);
        order.Add(own);
        return own;
    }
}
