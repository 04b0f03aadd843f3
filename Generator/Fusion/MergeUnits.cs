using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Joins the units of one region where one kernel can do the work of both and no third unit stands between them.
/// </summary>
sealed class MergeUnits(Region region, List<FusionUnit> units, RequiredValues required)
{
    /// <summary>
    /// Over a row, in one kernel: each pass computes again what those before it have, so code and time grow with their
    /// square.
    /// </summary>
    const int MostPasses = 16;

    readonly Dictionary<Value, FusionUnit> makers = [];

    public List<FusionUnit> Run()
    {
        var merged = new List<FusionUnit>();
        foreach (FusionUnit unit in units)
        {
            foreach (Value root in unit.Roots) makers[root] = unit;
            List<FusionUnit> hosts = [.. Enumerable.Reverse(merged)
                .Where(g => CanHost(g, unit) && !DependsThroughOthers(unit, g))];
            FusionUnit? host = hosts.FirstOrDefault();
            // Rather on the tiles of a product than beside a unit that only reads the same memory.
            if (host is not null && host.Kind != KernelKind.MatMul && !Makers(unit).Contains(host))
                host = hosts.FirstOrDefault(h => h.Kind == KernelKind.MatMul) ?? host;
            if (host is null)
            {
                merged.Add(unit);
                continue;
            }
            host.Absorb(unit);
            foreach (Value root in unit.Roots) makers[root] = host;
        }
        return merged;
    }

    bool CanHost(FusionUnit host, FusionUnit unit)
    {
        if (host.Kind is null || unit.Kind is null) return false;
        if (host.IsBackward != unit.IsBackward && !IsGradientOfLoss(host, unit)) return false;
        // of elements at other places
        if (unit.Roots.Any(r => r.Is(Primitives.Slice) && Maker(r.Inputs[0]) == host)) return false;
        if (Passes(host) + Passes(unit) > MostPasses) return false;
        bool sameSpace = host.Space.SequenceEqual(unit.Space);
        bool reads = unit.Leaves.Any(leaf => Maker(leaf) == host);
        return (host.Kind, unit.Kind) switch
        {
            (KernelKind.Elementwise or KernelKind.Rows, KernelKind.Elementwise or KernelKind.Rows) when sameSpace =>
                InStep(host, unit) && (reads || host.SharesLargeLeaf(unit)),
            (KernelKind.Rows, KernelKind.Elementwise) => reads && InStep(host, unit)
                && host.Space.Count == unit.Space.Count + 1
                    && unit.Space.SequenceEqual(host.Space.Take(unit.Space.Count)),
            (KernelKind.Columns, KernelKind.Columns) => sameSpace && host.Reduced.SequenceEqual(unit.Reduced) && !reads
                && host.SharesLargeLeaf(unit),
            (KernelKind.MatMul, KernelKind.Elementwise) =>
                sameSpace && reads && (host.Roots[0].Op.Facet.HasEpilogue ? IsOverChannels(unit, host)
                    : unit.Leaves.All(leaf => IsTileOperand(leaf, unit, host))),
            (KernelKind.Single, KernelKind.Single) => IsOneCall(host.Roots[0], unit.Roots[0]),
            _ => false,
        };
    }

    /// <summary>
    /// Whether a unit is what the gradient starts with, computed of the very rows that the loss is and of nothing that
    /// the backward pass has yet to compute: then the rows need not be read once more there. Only where nothing else of
    /// the backward pass reads them, so that the gradient can take their place.
    /// </summary>
    bool IsGradientOfLoss(FusionUnit host, FusionUnit unit) => unit.IsBackward && host.Kind == KernelKind.Rows
        && unit.Kind == KernelKind.Elementwise && Makers(unit).All(m => !m.IsBackward)
        && Rows(host).Intersect(Rows(unit)).Any(rows => Maker(rows) is not null
            && units.All(u => u == unit || !u.IsBackward || !u.Leaves.Select(Base).Contains(rows)));

    /// <summary>What a unit reads of memory as large as what it runs over.</summary>
    static IEnumerable<Value> Rows(FusionUnit unit) => unit.Leaves.Select(Base)
        .Where(b => b.Shape.Size == new Shape([.. unit.Space]).Size);

    /// <summary>The value that a view shows.</summary>
    static Value Base(Value value) =>
        value.Op.Kind == PrimitiveKind.View && value.Inputs.Length == 1 ? Base(value.Inputs[0]) : value;

    /// <summary>Whether two operations are parts of one routine on the same operands.</summary>
    static bool IsOneCall(Value first, Value second) => first.Op.Facet.Group.Length > 0
        && first.Op.Facet.Group == second.Op.Facet.Group && first.Op != second.Op
        && first.Attributes.Number == second.Attributes.Number && first.Attributes.Rate == second.Attributes.Rate
        && first.Attributes.Start == second.Attributes.Start
        && first.Attributes.Window.SequenceEqual(second.Attributes.Window)
        && first.Inputs.Zip(second.Inputs, (a, b) => a == b).All(isSame => isSame);

    static int Passes(FusionUnit unit) => unit.Roots.Count(r => r.Op.Kind == PrimitiveKind.Reduction);

    /// <summary>
    /// What the unit reads of the host's roots it reads at the place being computed, not through a permutation or
    /// slice.
    /// </summary>
    bool InStep(FusionUnit host, FusionUnit unit) =>
        unit.Leaves.All(leaf => Maker(leaf) != host || host.Roots.Contains(leaf))
        && unit.Inlined.All(v => !v.Is(Primitives.Permute) && !MovesAxes(v) || !IsComputedOf(v, host, unit, []));

    /// <summary>
    /// Whether a value of a unit is computed of another's roots; what is not may be read at any place.
    /// </summary>
    static bool IsComputedOf(Value value, FusionUnit host, FusionUnit unit, HashSet<Value> seen) =>
        value.Inputs.Any(i => host.Roots.Contains(i)
            || unit.Inlined.Contains(i) && seen.Add(i) && IsComputedOf(i, host, unit, seen));

    /// <summary>A reshape such as [N, 1] to [1, N]: the same numbers at another place.</summary>
    static bool MovesAxes(Value value)
    {
        if (!value.Is(Primitives.Reshape)) return false;
        Shape from = value.Inputs[0].Shape;
        int[]? axes = AxisMap.Identity(value.Shape).OfInput(value, 0)?.Axes;
        return axes is null
            || Enumerable.Range(0, from.Rank).Any(a => axes[a] >= 0 && from.Rank - a != value.Shape.Rank - axes[a]);
    }

    /// <summary>An operand of an epilogue: the product itself, or a full, row, column or scalar operand.</summary>
    bool IsTileOperand(Value leaf, FusionUnit unit, FusionUnit host)
    {
        if (unit.Inlined.Any(v => v.Op.Kind == PrimitiveKind.View && !required.IsFree(v)
            || v.Is(Primitives.Range))) return false;
        Value product = host.Roots[0];
        // A tile knows the places of its own elements only.
        if (unit.Inlined.Any(v => v.Is(Primitives.RandomUniform) && !v.Shape.Equals(product.Shape))) return false;
        if (product.Layout is not null || host.Roots.Any(r => !r.Shape.Equals(product.Shape))) return false;
        if (unit.Roots.Any(r => !r.Shape.Equals(product.Shape))) return false;
        if (Maker(leaf) == host) return host.Roots.Contains(leaf);
        IReadOnlyList<Dim> shape = leaf.Shape.Effective();
        if (leaf.Layout is not null || leaf.Op.Kind == PrimitiveKind.View) return false;
        if (shape.Count == 0 || leaf.Shape.Equals(product.Shape)) return true;
        return leaf.Shape.Rank >= 1 && shape.Count == 1 && leaf.Shape[-1] == product.Shape[-1];
    }

    /// <summary>
    /// Whether an epilogue on tiles [channels, positions] can compute a unit: it reads the product's kernel, other
    /// tensors of that shape, one number for each channel, and single numbers.
    /// </summary>
    bool IsOverChannels(FusionUnit unit, FusionUnit host)
    {
        Value product = host.Roots[0];
        if (product.Layout is not null || unit.Inlined.Any(v => v.Is(Primitives.Range))) return false;
        if (host.Roots.Concat(unit.Roots).Any(r => !r.Shape.Equals(product.Shape) || r.Layout is not null))
            return false;
        AxisMap whole = AxisMap.Identity(product.Shape);
        var seen = new HashSet<(Value, string)>();
        bool Fits(Value value, AxisMap map)
        {
            if (!seen.Add((value, map.ToString()))) return true;
            if (unit.Inlined.Contains(value) && !unit.Leaves.Contains(value) || unit.Roots.Contains(value))
                return Enumerable.Range(0, value.Inputs.Length)
                    .All(i => map.OfInput(value, i) is { } inner && Fits(value.Inputs[i], inner));
            bool isWhole = value.Shape.Equals(product.Shape) && map.Axes.SequenceEqual(whole.Axes);
            if (required.IsFree(value)) return isWhole || !value.Is(Primitives.RandomUniform);
            if (Maker(value) == host) return isWhole && host.Roots.Contains(value);
            if (value.Layout is not null || value.Op.Kind == PrimitiveKind.View) return false;
            int[] axes = [.. map.Axes.Where(a => a >= 0)];
            return isWhole || axes.Length == 0 || axes.Length == 1 && axes[0] == product.Shape.Rank - 3;
        }
        return unit.Roots.All(r => Fits(r, whole));
    }

    /// <summary>
    /// The unit that writes a value of this region, views followed; null for arguments and parameters.
    /// </summary>
    FusionUnit? Maker(Value value)
    {
        if (value.Region != region) return null;
        if (makers.TryGetValue(value, out FusionUnit? unit)) return unit;
        return value.Inputs.Length > 0 ? Maker(value.Inputs[0]) : null;
    }

    /// <summary>Whether a unit depends on another by way of a third: joining the two would make a circle.</summary>
    bool DependsThroughOthers(FusionUnit unit, FusionUnit on)
    {
        var seen = new HashSet<FusionUnit>();
        bool Reaches(FusionUnit from) => seen.Add(from) && Makers(from).Any(m => m == on || Reaches(m));
        return Makers(unit).Any(m => m != on && Reaches(m));
    }

    IEnumerable<FusionUnit> Makers(FusionUnit unit) =>
        unit.Leaves.Select(Maker).Where(m => m is not null && m != unit).Select(m => m!).Distinct();
}
