using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>What operations have in common that walk along one axis of a tensor and leave its shape.</summary>
static class AlongAxis
{
    /// <summary>The rule a value breaks; null where it breaks none.</summary>
    public static string? Broken(Value value)
    {
        (int[] axes, Shape input) = (value.Attributes.Axes, value.Inputs[0].Shape);
        if (axes.Length != 1 || input.Axis(axes[0]) != axes[0]) return $"names no one axis of {input}";
        return input.Equals(value.Shape) ? null : $"is {input} by its input";
    }

    /// <summary>A call of a runtime routine on [outer, length, inner].</summary>
    public static string Call(string routine, Value value, IReadOnlyList<string> inputs, string result,
        string more = "")
    {
        int axis = value.Attributes.Axes[0];
        IEnumerable<Dim> dims = value.Shape.Dims;
        Dim Product(IEnumerable<Dim> some) => some.Aggregate((Dim)1, (a, b) => a * b);
        return $"Rows.{routine}(Pool, {inputs[0]}, {result}, {Product(dims.Take(axis))}, {value.Shape[axis]}, " +
            $"{Product(dims.Skip(axis + 1))}{more})";
    }
}
