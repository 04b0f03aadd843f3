using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Removes operations that change nothing and joins chains of views and sums.
/// <code>
/// n1 = permute(x) { axes = [1, 0] }  n2 = permute(n1) { axes = [1, 0] }   →   x
/// n1 = multiply(x, 1)                                                     →   x
/// n1 = sum(x) { axes = [0] }  n2 = sum(n1) { axes = [1] }                 →   n2 = sum(x) { axes = [0, 1] }
/// </code>
/// </summary>
static class Simplify
{
    public static void Run(Graph graph)
    {
        for (bool changed = true; changed;)
        {
            var rewriter = new Rewriter(graph);
            foreach (Value value in graph.Root.AllValues().ToList())
                if (Simpler(value, rewriter) is { } simpler && simpler != value) rewriter.Replace(value, simpler);
            changed = rewriter.HasChanges;
            rewriter.Apply();
        }
    }

    static Value? Simpler(Value value, Rewriter rewriter)
    {
        Value[] inputs = [.. value.Inputs.Select(rewriter.Resolve)];
        if (value.Is(Primitives.Reshape)) return SimplerReshape(value, inputs[0], rewriter);
        if (value.Is(Primitives.Permute)) return SimplerPermute(value, inputs[0], rewriter);
        if (value.Is(Primitives.BroadcastTo)) return inputs[0].Shape.Equals(value.Shape) ? inputs[0] : null;
        if (value.Is(Primitives.Slice)) return inputs[0].Shape.Equals(value.Shape) ? inputs[0] : null;
        if (value.Is(Primitives.Detach)) return inputs[0];
        if (value.Is(Primitives.Sum)) return SimplerSum(value, inputs[0], rewriter);
        if (value.Is(Primitives.Add))
            return IsNumber(inputs[0], 0) ? Same(value, inputs[1]) : IsNumber(inputs[1], 0) ? Same(value, inputs[0]) : null;
        if (value.Is(Primitives.Multiply))
            return IsNumber(inputs[0], 1) ? Same(value, inputs[1]) : IsNumber(inputs[1], 1) ? Same(value, inputs[0]) : null;
        if (value.Is(Primitives.Subtract)) return IsNumber(inputs[1], 0) ? Same(value, inputs[0]) : null;
        if (value.Is(Primitives.Divide)) return IsNumber(inputs[1], 1) ? Same(value, inputs[0]) : null;
        return null;
    }

    static Value? SimplerReshape(Value value, Value input, Rewriter rewriter)
    {
        if (input.Shape.Equals(value.Shape)) return input;
        if (!input.Is(Primitives.Reshape)) return null;
        return rewriter.InsertBefore(value, Primitives.Reshape, value.Attributes, value.Shape, value.Type, rewriter.Resolve(input.Inputs[0]));
    }

    static Value? SimplerPermute(Value value, Value input, Rewriter rewriter)
    {
        int[] axes = value.Attributes.Axes;
        if (axes.SequenceEqual(Enumerable.Range(0, axes.Length))) return input;
        if (!input.Is(Primitives.Permute)) return null;
        var joined = new OperationAttributes { Axes = [.. axes.Select(a => input.Attributes.Axes[a])] };
        return rewriter.InsertBefore(value, Primitives.Permute, joined, value.Shape, value.Type, rewriter.Resolve(input.Inputs[0]));
    }

    /// <summary>Sums of sums over axes before the last become one; along the last axis a row is summed on its own.</summary>
    static Value? SimplerSum(Value value, Value input, Rewriter rewriter)
    {
        int[] axes = value.Attributes.Axes;
        if (axes.All(a => input.Shape[a] == 1)) return input;
        if (!input.Is(Primitives.Sum)) return null;
        Value source = rewriter.Resolve(input.Inputs[0]);
        int[] all = [.. axes.Concat(input.Attributes.Axes).Distinct().OrderBy(a => a)];
        if (all.Contains(source.Shape.LastEffectiveAxis())) return null;
        return rewriter.InsertBefore(value, Primitives.Sum, new OperationAttributes { Axes = all }, value.Shape, value.Type, source);
    }

    /// <summary>A zero or one, also a broadcast one.</summary>
    static bool IsNumber(Value value, double number) => value.Is(Primitives.Constant)
        ? value.Attributes.Number == number
        : (value.Is(Primitives.BroadcastTo) || value.Is(Primitives.Reshape)) && IsNumber(value.Inputs[0], number);

    static Value? Same(Value value, Value operand) => operand.Shape.Equals(value.Shape) ? operand : null;
}
