using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Fusion;

/// <summary>
/// Removes operations that change nothing and joins chains of views and sums.
/// <code>
/// n1 = permute(x) { axes = [1, 0] }  n2 = permute(n1) { axes = [1, 0] }   →   x
/// n1 = multiply(x, 1)                                                     →   x
/// n1 = sum(x) { axes = [0] }  n2 = sum(n1) { axes = [1] }                 →   n2 = sum(x) { axes = [0, 1] }
/// n1 = matmul(a, b)  n2 = permute(n1) { axes = [1, 0] }                   →   n2 = matmul(bᵀ, aᵀ)
/// n1 = range() { start T }  n2 = gather(table, n1)                        →   n2 = slice(table) { axes = [0] }
/// </code>
/// </summary>
static class Simplify
{
    public static void Run(Graph graph)
    {
        for (bool changed = true; changed;)
        {
            var rewriter = new Rewriter(graph);
            Dictionary<Value, List<Value>> readers = graph.Readers();
            foreach (Value value in graph.Root.AllValues().ToList())
                if (Simpler(value, rewriter, readers) is { } simpler && simpler != value) rewriter.Replace(value,
                    simpler);
            changed = rewriter.HasChanges;
            rewriter.Apply();
        }
    }

    static Value? Simpler(Value value, Rewriter rewriter, Dictionary<Value, List<Value>> readers)
    {
        Value[] inputs = [.. value.Inputs.Select(rewriter.Resolve)];
        if (value.Is(Primitives.Reshape)) return SimplerReshape(value, inputs[0], rewriter);
        if (value.Is(Primitives.Permute)) return SimplerPermute(value, inputs[0], rewriter, readers);
        if (value.Is(Primitives.BroadcastTo)) return inputs[0].Shape.Equals(value.Shape) ? inputs[0] : null;
        if (value.Is(Primitives.Slice)) return inputs[0].Shape.Equals(value.Shape) ? inputs[0] : null;
        if (value.Is(Primitives.Detach) || value.Is(Primitives.WithGradient)) return inputs[0];
        if (value.Is(Primitives.Gather) && inputs[1].Is(Primitives.Range)) return FirstRows(value, Primitives.Slice,
            inputs[0], rewriter);
        if (value.Is(Primitives.ScatterAdd) && inputs[1].Is(Primitives.Range)) return FirstRows(value, Primitives.Pad,
            inputs[0], rewriter);
        // Kernels reduce the last axis that is longer than 1, so a reduction over axes of one element must not reach
        // them.
        if (value.Op.Kind == PrimitiveKind.Reduction
            && value.Attributes.Axes.All(a => inputs[0].Shape[a] == 1)) return inputs[0];
        if (value.Is(Primitives.Sum)) return SimplerSum(value, inputs[0], rewriter);
        if (value.Is(Primitives.Add))
            return IsNumber(inputs[0], 0) ? Same(value, inputs[1]) : IsNumber(inputs[1], 0) ? Same(value, inputs[0])
                : null;
        if (value.Is(Primitives.Multiply))
            return IsNumber(inputs[0], 1) ? Same(value, inputs[1]) : IsNumber(inputs[1], 1) ? Same(value, inputs[0])
                : null;
        if (value.Is(Primitives.Subtract)) return IsNumber(inputs[1], 0) ? Same(value, inputs[0]) : null;
        if (value.Is(Primitives.Divide)) return IsNumber(inputs[1], 1) ? Same(value, inputs[0]) : null;
        return null;
    }

    /// <summary>Rows 0, 1, 2, .. of a table are a stretch of it; adding them back fills the rest with zeros.</summary>
    static Value FirstRows(Value value, Primitive op, Value operand, Rewriter rewriter) =>
        operand.Shape.Equals(value.Shape)
        ? operand
        : rewriter.InsertBefore(value, op, new OperationAttributes { Axes = [0] }, value.Shape, value.Type, operand);

    static Value? SimplerReshape(Value value, Value input, Rewriter rewriter)
    {
        if (input.Shape.Equals(value.Shape)) return input;
        if (!input.Is(Primitives.Reshape)) return null;
        return rewriter.InsertBefore(value, Primitives.Reshape, value.Attributes, value.Shape, value.Type,
            rewriter.Resolve(input.Inputs[0]));
    }

    static Value? SimplerPermute(Value value, Value input, Rewriter rewriter, Dictionary<Value, List<Value>> readers)
    {
        int[] axes = value.Attributes.Axes;
        if (axes.SequenceEqual(Enumerable.Range(0, axes.Length))) return input;
        int last = axes.Length - 1;
        if (input.Is(Primitives.MatMul) && axes[last] == last - 1
            && readers.TryGetValue(input, out List<Value>? readBy) && readBy.Count == 1)
            return TransposedProduct(value, input, rewriter);
        if (!input.Is(Primitives.Permute)) return null;
        var joined = new OperationAttributes { Axes = [.. axes.Select(a => input.Attributes.Axes[a])] };
        return rewriter.InsertBefore(value, Primitives.Permute, joined, value.Shape, value.Type,
            rewriter.Resolve(input.Inputs[0]));
    }

    /// <summary>
    /// A product whose columns are to be read as rows is made the other way round: the last axis stays the last in
    /// memory.
    /// </summary>
    static Value TransposedProduct(Value permute, Value product, Rewriter rewriter)
    {
        int last = product.Shape.Rank - 1;
        Value Transpose(Value operand)
        {
            int[] swapped = [.. Enumerable.Range(0, operand.Shape.Rank)];
            int end = swapped.Length - 1;
            (swapped[end], swapped[end - 1]) = (end - 1, end);
            return rewriter.InsertBefore(permute, Primitives.Permute, new OperationAttributes { Axes = swapped },
                new Shape([.. swapped.Select(a => operand.Shape[a])]), operand.Type, operand);
        }
        Value a = rewriter.Resolve(product.Inputs[0]), b = rewriter.Resolve(product.Inputs[1]);
        Shape shape = product.Shape.With(last, product.Shape[last - 1]).With(last - 1, product.Shape[last]);
        Value transposed = rewriter.InsertBefore(permute, Primitives.MatMul, product.Attributes, shape, product.Type,
            Transpose(b), Transpose(a));
        transposed.Name = product.Name;
        int[] rest = [.. permute.Attributes.Axes.Select(x => x == last ? last - 1 : x == last - 1 ? last : x)];
        if (rest.SequenceEqual(Enumerable.Range(0, rest.Length))) return transposed;
        return rewriter.InsertBefore(permute, Primitives.Permute, new OperationAttributes { Axes = rest },
            permute.Shape, permute.Type, transposed);
    }

    /// <summary>
    /// Sums of sums over axes before the last become one; along the last axis a row is summed on its own.
    /// </summary>
    static Value? SimplerSum(Value value, Value input, Rewriter rewriter)
    {
        int[] axes = value.Attributes.Axes;
        if (!input.Is(Primitives.Sum)) return null;
        Value source = rewriter.Resolve(input.Inputs[0]);
        int[] all = [.. axes.Concat(input.Attributes.Axes).Distinct().OrderBy(a => a)];
        if (all.Contains(source.Shape.LastEffectiveAxis())) return null;
        return rewriter.InsertBefore(value, Primitives.Sum, new OperationAttributes { Axes = all }, value.Shape,
            value.Type, source);
    }

    /// <summary>A zero or one, also a broadcast one.</summary>
    static bool IsNumber(Value value, double number) => value.Is(Primitives.Constant)
        ? value.Attributes.Number == number
        : (value.Is(Primitives.BroadcastTo) || value.Is(Primitives.Reshape)) && IsNumber(value.Inputs[0], number);

    static Value? Same(Value value, Value operand) => operand.Shape.Equals(value.Shape) ? operand : null;
}
