using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Puts values that are computed together into one kernel: chains of elementwise values, the passes over a row around
/// its reductions, sums over columns with what they sum, and elementwise values on the tiles of a matrix product.
/// <code>
/// n1 = max(x)  n2 = sub(x, n1)  n3 = exp(n2)  n4 = sum(n3)  n5 = divide(n3, n4)
/// →   kernel k0 rows { n1 .. n5 } writes n5
/// n1 = matmul(x, w)  n2 = add(n1, bias)  n3 = relu(n2)
/// →   kernel k1 matmul { n1 n2 n3 } writes n3
/// </code>
/// </summary>
sealed class GroupKernels
{
    readonly Graph graph;
    readonly RequiredValues required;

    GroupKernels(Graph graph) => (this.graph, required) = (graph, new RequiredValues(graph));

    public static void Run(Graph graph)
    {
        var pass = new GroupKernels(graph);
        Dictionary<Region, List<FusionUnit>> units;
        do units = pass.Group();
        while (pass.KeepWhatIsExpensiveToRepeat(units));
        int id = 0;
        Dictionary<Value, Value[]> inputsOf = graph.Root.AllValues().ToDictionary(v => v, v => v.Inputs.ToArray());
        foreach (Region region in graph.AllRegions().ToList()) PlaceKernels.Run(graph, region, units[region], inputsOf,
            ref id);
    }

    Dictionary<Region, List<FusionUnit>> Group()
    {
        Dictionary<Region, List<FusionUnit>> units;
        bool changed;
        do
        {
            changed = false;
            units = graph.AllRegions().ToDictionary(r => r, r => Units(r, ref changed));
        }
        while (changed);
        return units.ToDictionary(p => p.Key, p => new MergeUnits(p.Key, p.Value, required).Run());
    }

    List<FusionUnit> Units(Region region, ref bool changed)
    {
        var units = new List<FusionUnit>();
        for (int i = 0; i < region.Values.Count; i++)
        {
            Value value = region.Values[i];
            FusionUnit unit = new(i, region == graph.Root && graph.ForwardCount >= 0 && i >= graph.ForwardCount);
            unit.Roots.Add(value);
            if (value.Is(Structure.Loop))
            {
                foreach (Value read in value.Loop!.Initial.Concat(value.Loop.Body.AllValues()
                    .SelectMany(v => v.Inputs)))
                    if (region.IsInside(read.Region)) unit.Leaves.Add(read);
                foreach (Value read in value.Loop.Yields.Concat(value.Loop.Stacked.Select(s => s.Inner)))
                    if (region.IsInside(read.Region)) unit.Leaves.Add(read);
            }
            else if (value.Op.Kind == PrimitiveKind.Kernel || value.Is(Structure.Place))
            {
                unit.Kind = value.Is(Primitives.MatMul) || value.Op.Facet.HasEpilogue
                    ? KernelKind.MatMul : KernelKind.Single;
                unit.Space = value.Shape.Effective();
                unit.Leaves.UnionWith(value.Inputs);
            }
            else if (value.Op.Kind == PrimitiveKind.Reduction) changed |= Reduce(unit, value, region);
            else if (required.Contains(value))
            {
                Shape space = AxisMap.SpaceOf(value);
                (unit.Kind, unit.Space) = (KernelKind.Elementwise, space.Effective());
                changed |= AxisMap.CutsAnew(value)
                    ? Collect(unit, value.Inputs[0], AxisMap.Identity(space), region)
                    : CollectInputs(unit, value, AxisMap.Identity(space), region);
            }
            else continue;
            units.Add(unit);
        }
        return units;
    }

    bool Reduce(FusionUnit unit, Value value, Region region)
    {
        Shape input = value.Inputs[0].Shape;
        int last = input.LastEffectiveAxis();
        unit.Space = input.Effective();
        unit.Kind = value.Attributes.Axes.All(a => a == last || input[a] == 1) ? KernelKind.Rows : KernelKind.Columns;
        unit.Reduced = [.. value.Attributes.Axes.Where(a => input[a] != 1)
            .Select(a => Enumerable.Range(0, a).Count(b => input[b] != 1))];
        return Collect(unit, value.Inputs[0], AxisMap.Identity(input), region);
    }

    /// <summary>
    /// Adds a value and what it is computed of to a kernel; true if a value had to be given memory for it.
    /// </summary>
    bool Collect(FusionUnit unit, Value value, AxisMap map, Region region)
    {
        if (required.IsInlined(value, region)) return CollectInputs(unit, value, map, region);
        unit.Leaves.Add(value);
        return false;
    }

    bool CollectInputs(FusionUnit unit, Value value, AxisMap map, Region region)
    {
        AxisMap?[] maps = [.. value.Inputs.Select((_, i) => map.OfInput(value, i))];
        if (maps.Any(m => m is null))
        {
            // A view that is not in step with the kernel is read from its source's memory.
            if (!unit.Roots.Contains(value))
            {
                unit.Leaves.Add(value);
                return required.Require(value);
            }
            unit.Leaves.Add(value.Inputs[0]);
            return required.Require(value.Inputs[0]);
        }
        if (!unit.Inlined.Add(value)) return false;
        bool changed = false;
        for (int i = 0; i < maps.Length; i++) changed |= Collect(unit, value.Inputs[i], maps[i]!, region);
        return changed;
    }

    /// <summary>
    /// An elementwise value that several kernels would each compute gets memory where computing it is dear: it contains
    /// a transcendental function, or it reads at least two values of its own size. A hyperbolic tangent of one value,
    /// as in GELU, may be computed twice where once is on a product's tiles: devices have it there for nothing.
    /// </summary>
    bool KeepWhatIsExpensiveToRepeat(Dictionary<Region, List<FusionUnit>> units)
    {
        bool changed = false;
        foreach (List<FusionUnit> list in units.Values)
        {
            var users = new Dictionary<Value, HashSet<FusionUnit>>();
            foreach (FusionUnit unit in list)
                foreach (Value value in unit.Inlined)
                {
                    if (!users.TryGetValue(value, out HashSet<FusionUnit>? set)) users[value] = set = [];
                    set.Add(unit);
                }
            Dictionary<Value, List<Value>> readers = graph.Readers();
            foreach (Value value in users.Keys.Where(v => v.Op.Kind == PrimitiveKind.Elementwise && users[v].Count > 1)
                .ToList())
            {
                if (required.Contains(value) || required.IsFree(value) || value.Type != ElementType.Float32) continue;
                bool isInsideAnother = readers[value].Any(r =>
                    users.TryGetValue(r, out HashSet<FusionUnit>? its) && its.SetEquals(users[value]));
                if (isInsideAnother) continue;
                bool isOnTiles = users[value].Count == 2 && users[value].Any(u => u.Kind == KernelKind.MatMul);
                if (IsExpensive(value, isOnTiles)) changed |= required.Require(value);
            }
        }
        return changed;
    }

    /// <param name="value">Asked for.</param>
    /// <param name="isOnTiles">Whether it is computed on a product's tiles, and once more.</param>
    bool IsExpensive(Value value, bool isOnTiles)
    {
        var large = new HashSet<Value>();
        bool hasExpensive = false;
        var seen = new HashSet<Value>();
        void Visit(Value v)
        {
            if (!seen.Add(v)) return;
            if (!required.IsInlined(v, value.Region) && v != value)
            {
                if (v.Shape.Effective().Count >= value.Shape.Effective().Count) large.Add(v);
                return;
            }
            hasExpensive |= v.Op.Facet.IsExpensive && !(isOnTiles && v.Is(Primitives.Tanh));
            foreach (Value input in v.Inputs) Visit(input);
        }
        Visit(value);
        return hasExpensive || large.Count > 1;
    }
}
