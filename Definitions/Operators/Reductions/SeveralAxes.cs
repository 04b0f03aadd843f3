using System;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>The axes counted from the start, ascending.</summary>
    /// <exception cref="ShapeException">There are none, or one is named twice.</exception>
    static int[] Counted(Shape shape, int[] axes)
    {
        int[] counted = [.. axes.Select(shape.Axis).Distinct().OrderBy(a => a)];
        return counted.Length == axes.Length && axes.Length > 0
            ? counted
            : throw new ShapeException(axes.Length == 0
                ? $"no axis of {shape} is named: name at least one"
                : $"[{string.Join(", ", axes)}] names an axis of {shape} twice: name each once") { Id = "MC1114" };
    }

    /// <summary>One axis after another, from the last: the compiler joins what can be one pass.</summary>
    static Tensor Over(Tensor x, int[] axes, Func<Tensor, int, Tensor> reduce) =>
        Enumerable.Reverse(Counted(x.Shape, axes)).Aggregate(x, reduce);

    /// <summary>How many elements each result is made of.</summary>
    static Dim CountOver(Shape shape, int[] axes) =>
        Counted(shape, axes).Aggregate((Dim)1, (count, axis) => count * shape[axis]);
}
