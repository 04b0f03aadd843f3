using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>
/// A kernel's axes with neighbours merged wherever every operand steps through them as through one: fewer loops, fewer
/// divisions.
/// </summary>
sealed class KernelSpace
{
    /// <summary>Lengths of the merged axes, outermost first.</summary>
    public List<Dim> Lengths { get; } = [];

    /// <summary>For each merged axis, the axes of the original space it covers.</summary>
    public List<int[]> Axes { get; } = [];

    /// <param name="lengths">The original axes.</param>
    /// <param name="accesses">Every operand's strides.</param>
    /// <param name="barriers">Axes that must not be merged with the next one.</param>
    public KernelSpace(IReadOnlyList<Dim> lengths, IEnumerable<KernelAccess> accesses, System.Func<int, bool> barriers)
    {
        List<KernelAccess> all = [.. accesses];
        for (int axis = 0; axis < lengths.Count; axis++)
        {
            bool joins = axis > 0 && !barriers(axis - 1)
                && all.All(a => a.Strides[axis - 1] == a.Strides[axis] * lengths[axis]);
            if (joins)
            {
                Lengths[Lengths.Count - 1] *= lengths[axis];
                Axes[Axes.Count - 1] = [.. Axes[Axes.Count - 1], axis];
            }
            else
            {
                Lengths.Add(lengths[axis]);
                Axes.Add([axis]);
            }
        }
    }

    /// <summary>The stride of an operand along a merged axis: that of its innermost part.</summary>
    public Dim Stride(KernelAccess access, int merged) => access.Strides[Axes[merged].Last()];

    /// <summary>The merged axis that covers an original one.</summary>
    public int Of(int axis) => Axes.FindIndex(a => a.Contains(axis));
}
