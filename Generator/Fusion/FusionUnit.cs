using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>A kernel being formed: the values it writes, those it computes on the way, and those it reads.</summary>
sealed class FusionUnit(int order, bool isBackward)
{
    /// <summary>Place of its first root in the unfused region.</summary>
    public int Order { get; } = order;

    public bool IsBackward { get; } = isBackward;

    /// <summary>Null for what is not a kernel: a loop.</summary>
    public KernelKind? Kind { get; set; }

    /// <summary>Lengths of the axes iterated over, without those of length 1.</summary>
    public IReadOnlyList<Dim> Space { get; set; } = [];

    /// <summary>For <see cref="KernelKind.Columns"/>: the axes of the space that are reduced.</summary>
    public IReadOnlyList<int> Reduced { get; set; } = [];

    /// <summary>Reductions, required values and kernel operations, in order.</summary>
    public List<Value> Roots { get; } = [];

    /// <summary>Values computed in registers for the roots.</summary>
    public HashSet<Value> Inlined { get; } = [];

    /// <summary>Values read from memory.</summary>
    public HashSet<Value> Leaves { get; } = [];

    public void Absorb(FusionUnit other)
    {
        Roots.AddRange(other.Roots);
        Inlined.UnionWith(other.Inlined);
        Leaves.UnionWith(other.Leaves);
        if (other.Kind == KernelKind.Rows && Kind == KernelKind.Elementwise) (Kind, Space) = (other.Kind, other.Space);
    }

    /// <summary>Whether both read some value of the whole space.</summary>
    public bool SharesLargeLeaf(FusionUnit other) =>
        Leaves.Any(leaf => other.Leaves.Contains(leaf) && leaf.Shape.Effective().Count >= Space.Count);
}
