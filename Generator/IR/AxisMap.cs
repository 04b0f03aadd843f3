using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// For each axis of a value, the axis of a kernel's space that indexes it, or -1 where it has length 1: how a value is
/// computed in place inside a kernel instead of being read from memory.
/// </summary>
sealed class AxisMap(int[] axes)
{
    public int[] Axes { get; } = axes;

    public static AxisMap Identity(Shape shape) =>
        new([.. Enumerable.Range(0, shape.Rank).Select(a => shape[a] == 1 ? -1 : a)]);

    /// <summary>
    /// The shape a kernel runs over to write a value: of a reduction, and of a reshape that cuts axes anew, its
    /// input's; their results lie in memory in that order as well.
    /// </summary>
    public static Shape SpaceOf(Value root) =>
        root.Op.Kind == PrimitiveKind.Reduction || CutsAnew(root) ? root.Inputs[0].Shape : root.Shape;

    /// <summary>A reshape that does more than add or drop axes of length 1.</summary>
    public static bool CutsAnew(Value value) =>
        value.Is(Primitives.Reshape) && !value.Shape.Effective().SequenceEqual(value.Inputs[0].Shape.Effective());

    /// <summary>
    /// The map of one input of a value that has this map; null where the input's elements are not in step with it.
    /// </summary>
    public AxisMap? OfInput(Value value, int index, int reducedAxis = -1)
    {
        Shape input = value.Inputs[index].Shape;
        if (value.Op.Kind == PrimitiveKind.Reduction)
            return new([.. Enumerable.Range(0, input.Rank).Select(a =>
                input[a] == 1 ? -1 : value.Attributes.Axes.Contains(a) ? reducedAxis : Axes[a])]);
        if (value.Is(Primitives.Permute))
        {
            var axes = new int[Axes.Length];
            for (int k = 0; k < axes.Length; k++) axes[value.Attributes.Axes[k]] = Axes[k];
            return new(axes);
        }
        if (value.Is(Primitives.Reshape)) return OfReshape(value.Shape, input);
        if (value.Is(Primitives.Slice)) return null;
        int extra = value.Shape.Rank - input.Rank;
        return new([.. Enumerable.Range(0, input.Rank).Select(a => input[a] == 1 ? -1 : Axes[a + extra])]);
    }

    /// <summary>A reshape that only adds or drops axes of length 1.</summary>
    AxisMap? OfReshape(Shape shape, Shape input)
    {
        if (!shape.Effective().SequenceEqual(input.Effective())) return null;
        var kept = new Queue<int>(Enumerable.Range(0, shape.Rank).Where(a => shape[a] != 1).Select(a => Axes[a]));
        return new([.. input.Dims.Select(d => d == 1 ? -1 : kept.Dequeue())]);
    }

    public override string ToString() => string.Join(",", Axes);
}
