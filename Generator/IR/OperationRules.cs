using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// What inputs, attributes, element type and shape of a value must have in common, by its operation: the counterpart of
/// what the operators check when they are called, for values that passes write.
/// </summary>
static class OperationRules
{
    /// <summary>Operations with more or fewer than one input; elementwise ones say it in their formula.</summary>
    static readonly Dictionary<Primitive, int> InputCounts = new()
    {
        [Primitives.MatMul] = 2, [Primitives.Gather] = 2, [Primitives.ScatterAdd] = 2,
        [Structure.Input] = 0, [Structure.Parameter] = 0, [Structure.Loop] = 0, [Structure.Carry] = 0,
    };

    /// <summary>The rule a value breaks, to be read behind "n4 = add : [3]: "; null where it breaks none.</summary>
    public static string? Broken(Value value)
    {
        if (!HasRightCount(value)) return $"has {value.Inputs.Length} inputs, which {value.Op.Name} does not take";
        try
        {
            return Types(value) ?? value.Op.Kind switch
            {
                PrimitiveKind.Source => Source(value),
                PrimitiveKind.Elementwise => Elementwise(value),
                PrimitiveKind.Reduction => Reduction(value),
                PrimitiveKind.View => View(value, value.Inputs[0].Shape),
                PrimitiveKind.Kernel => Kernel(value, [.. value.Inputs.Select(i => i.Shape)]),
                _ => Slices(value),
            };
        }
        catch (ShapeException e)
        {
            // Axes out of range, and inputs that do not broadcast.
            return "has no shape: " + e.Message;
        }
    }

    static bool HasRightCount(Value value)
    {
        int count = value.Inputs.Length;
        if (value.Is(Primitives.Concatenate) || value.Is(Primitives.WithGradient)) return count > 0;
        if (InputCounts.TryGetValue(value.Op, out int expected)) return count == expected;
        if (value.Op.Facet is { Inputs: > 0 } facet)
            return count >= facet.Inputs && count <= facet.Inputs + facet.OptionalInputs;
        if (value.Op.Kind == PrimitiveKind.Source) return count == 0;
        if (value.Op.Kind != PrimitiveKind.Elementwise) return count == 1;
        string formula = value.Op.Facet.Formula;
        return count == (formula.Contains("{2}") ? 3 : formula.Contains("{1}") ? 2 : 1);
    }

    static string? Types(Value value)
    {
        ElementType[] types = [.. value.Inputs.Select(i => i.Type)];
        bool isGood = true;
        if (value.Op.Kind == PrimitiveKind.Source)
            isGood = value.Type == (value.Is(Primitives.Range) ? ElementType.Int32 : ElementType.Float32);
        else if (value.Is(Primitives.Equal) || value.Is(Primitives.Less) || value.Is(Primitives.LessOrEqual))
            isGood = types[0] == types[1] && value.Type == ElementType.Boolean;
        else if (value.Is(Primitives.Where))
            isGood = types[0] == ElementType.Boolean && types.Skip(1).All(t => t == value.Type);
        else if (value.Is(Primitives.Cast)) isGood = types[0] == ElementType.Int32 && value.Type == ElementType.Float32;
        else if (value.Is(Primitives.ToInteger))
            isGood = types[0] == ElementType.Float32 && value.Type == ElementType.Int32;
        else if (value.Is(Primitives.And) || value.Is(Primitives.Or) || value.Is(Primitives.Not))
            isGood = value.Type == ElementType.Boolean && types.All(t => t == ElementType.Boolean);
        else if (value.Is(Primitives.Gather) || value.Is(Primitives.ScatterAdd))
            isGood = types[0] == value.Type && types[1] == ElementType.Int32;
        else if (value.Op.Facet.IsInteger is { } isInteger)
            isGood = types.Select((t, i) => t == (isInteger(value, i) ? ElementType.Int32 : value.Type)).All(t => t);
        // The slots of a loop have types of their own; the loop they read stands for none.
        else if (!value.Is(Structure.Carried) && !value.Is(Structure.Stacked)) isGood = types.All(t => t == value.Type);
        if (isGood)
            return value.NeedsGradient && value.Type != ElementType.Float32
                ? "needs a gradient without being f32" : null;
        string inputs = string.Join(", ", types.Select(GraphPrinter.Type));
        return $"is {GraphPrinter.Type(value.Type)} of ({inputs}), which {value.Op.Name} does not give";
    }

    static string? Source(Value value)
    {
        if (value.Is(Primitives.RandomUniform)) return null;
        Shape shape = value.Is(Primitives.Range) ? new Shape(value.Attributes.Start) : new Shape();
        return Same(value, shape, "by its attributes");
    }

    static string? Elementwise(Value value) =>
        Same(value, value.Inputs.Select(i => i.Shape).Aggregate((a, b) => Shape.Broadcast(a, b, value.Op.Name)),
            "by its inputs");

    static string? Reduction(Value value)
    {
        int[] axes = value.Attributes.Axes;
        if (axes.Length == 0 || axes.Distinct().Count() != axes.Length) return "names no axis to reduce, or one twice";
        Shape reduced = axes.Aggregate(value.Inputs[0].Shape, (shape, axis) => shape.With(axis, 1));
        return Same(value, reduced, "by its input and axes");
    }

    static string? View(Value value, Shape input)
    {
        int[] axes = value.Attributes.Axes;
        if (value.Is(Primitives.Reshape))
            return input.Size == value.Shape.Size ? null : $"has another size than {input}";
        if (value.Is(Primitives.BroadcastTo))
            return Shape.Broadcast(input, value.Shape, "broadcast").Equals(value.Shape)
                ? null : $"does not repeat {input}";
        if (value.Is(Primitives.Permute))
            return IsOrder(axes, input.Rank) && new Shape([.. axes.Select(a => input[a])]).Equals(value.Shape)
                ? null : $"is no order of the axes of {input}";
        if (value.Is(Primitives.Slice))
            return IsStretch(value.Shape, input, axes, value.Attributes.Start) ? null : $"is no stretch of {input}";
        return Same(value, input, "by its input");
    }

    static string? Kernel(Value value, Shape[] inputs)
    {
        int[] axes = value.Attributes.Axes;
        if (value.Is(Primitives.MatMul)) return Product(value, inputs[0], inputs[1]);
        if (value.Is(Primitives.Gather))
            return inputs[0].Rank == 2
                ? Same(value, new Shape([.. inputs[1].Dims, inputs[0][1]]), "by its table and rows")
                : $"looks rows up in {inputs[0]}, which is no table";
        if (value.Is(Primitives.ScatterAdd))
        {
            if (inputs[0].Rank == 0 || !new Shape([.. inputs[1].Dims, inputs[0][-1]]).Equals(inputs[0]))
                return $"adds {inputs[0]} at rows {inputs[1]}";
            return value.Shape.Rank == 2 && value.Shape[1] == inputs[0][-1] ? null : $"is no table for {inputs[0]}";
        }
        if (value.Is(Primitives.Pad))
            return IsStretch(inputs[0], value.Shape, axes, value.Attributes.Start)
                ? null : $"does not hold {inputs[0]}";
        return value.Is(Primitives.Concatenate) ? Joined(value, inputs, axes) : value.Op.Facet.Broken?.Invoke(value);
    }

    static string? Joined(Value value, Shape[] parts, int[] axes)
    {
        if (axes.Length != 1) return "names no axis to join along";
        Shape rest = value.Shape.With(axes[0], 1);
        if (parts.FirstOrDefault(p => !p.With(axes[0], 1).Equals(rest)) is { } other)
            return $"joins {other}, which differs in more than that axis";
        Dim length = parts.Aggregate((Dim)0, (sum, part) => sum + part[axes[0]]);
        return Same(value, value.Shape.With(axes[0], length), "by its parts");
    }

    static string? Product(Value value, Shape a, Shape b)
    {
        if (a.Rank < 2 || b.Rank < 2 || a[-1] != b[-2]) return $"multiplies {a} with {b}";
        Shape leading = Shape.Broadcast(Leading(a), Leading(b), "matmul");
        return Same(value, new Shape([.. leading.Dims, a[-2], b[-1]]), "by its factors");
    }

    static Shape Leading(Shape shape) => new([.. shape.Dims.Take(shape.Rank - 2)]);

    static string? Slices(Value value)
    {
        if (value.Is(Structure.At)) return IsSlice(value.Shape, value.Inputs[0].Shape);
        int[] axes = value.Attributes.Axes;
        bool isPick = value.Is(Structure.Pick);
        if (!isPick && !value.Is(Structure.Place)) return null;
        Shape input = value.Inputs[0].Shape;
        (Shape slice, Shape whole) = isPick ? (value.Shape, input) : (input, value.Shape);
        if (IsSlice(slice, whole) is { } broken) return broken;
        return axes.Length == 1 && axes[0] >= 0 && (whole[0] - axes[0]).Minimum > 0
            ? null : $"names no one slice of {whole}";
    }

    static string? IsSlice(Shape slice, Shape whole) =>
        whole.Rank > 0 && whole.Tail.Equals(slice) ? null : $"takes {slice} for a slice of {whole}";

    /// <summary>Whether a part lies within a whole along one axis and is like it along the others.</summary>
    static bool IsStretch(Shape part, Shape whole, int[] axes, Dim start) =>
        axes.Length == 1 && part.Rank == whole.Rank && whole.With(axes[0], part[axes[0]]).Equals(part)
        && start.Minimum >= 0 && (whole[axes[0]] - start - part[axes[0]]).Minimum >= 0;

    /// <summary>Each axis once.</summary>
    public static bool IsOrder(int[] axes, int rank) => axes.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, rank));

    static string? Same(Value value, Shape shape, string why) => shape.Equals(value.Shape) ? null : $"is {shape} {why}";
}
