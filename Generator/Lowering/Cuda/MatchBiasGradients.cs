using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Finds the gradients of biases that cuBLASLt can compute while it multiplies: sums over the rows of what a product of
/// the same region reads as its second operand.
/// <code>
/// kernel columns { db = sum(dy) }  kernel matmul { dw = matmul(xᵀ, dy) }   →   dw = xᵀ · dy, db beside it
/// </code>
/// Nothing but the optimizer may read such a sum, since it is not computed where it stood.
/// </summary>
static class MatchBiasGradients
{
    /// <summary>The sum that each of these products' kernels takes over.</summary>
    public static Dictionary<Kernel, Value> Of(Graph graph, MemoryPlan plan)
    {
        var found = new Dictionary<Kernel, Value>();
        if (!graph.IsTraining) return found;
        Dictionary<Value, List<Value>> readers = graph.Readers();
        foreach (Region region in graph.AllRegions())
        {
            List<Value> products = [.. region.Values.Where(v => IsPlainProduct(v))];
            foreach (Value sum in region.Values.Where(v => IsPlainSum(v, plan) && !IsRead(v, readers)))
                if (products.FirstOrDefault(p => !found.ContainsKey(p.Kernel!) && IsSecondOperand(sum.Inputs[0], p)) is
                    { } product) found.Add(product.Kernel!, sum);
        }
        return found;
    }

    static bool IsPlainProduct(Value value) => value.Is(Primitives.MatMul)
        && value.Kernel is { Outputs: [{ } output] } && output == value && value.Shape.Rank == 2
        && value.Inputs.All(i => i.Shape.Rank == 2) && value.Layout is null
        && value.Storage == StorageType.Float32
        && value.Region.Values.Count(v => v.Kernel == value.Kernel) == 1;

    static bool IsPlainSum(Value value, MemoryPlan plan) => value.Is(Primitives.Sum)
        && value.Kernel is { Kind: KernelKind.Columns, Outputs: [{ } output] } kernel && output == value
        && value.Inputs[0].Kernel != kernel && value.Region.Values.Count(v => v.Kernel == kernel) == 1
        && value.Shape.Effective() is [{ } length] && length == value.Inputs[0].Shape[-1]
        && value.Storage == StorageType.Float32 && plan.BufferOf(value) is { Kind: BufferKind.Gradient };

    /// <summary>Whether anything but a stack of all iterations reads a value.</summary>
    static bool IsRead(Value value, Dictionary<Value, List<Value>> readers) =>
        readers.TryGetValue(value, out List<Value>? list) && list.Any(r => r.Kernel is not null
            || (r.Is(Structure.Loop) ? r.Loop!.Initial.Contains(value) || r.Loop.Yields.Contains(value)
                : IsRead(r, readers)));

    /// <summary>Whether a product's second operand, [k, n], is this value with its rows counted through.</summary>
    static bool IsSecondOperand(Value value, Value product)
    {
        Value operand = product.Inputs[1];
        return operand.Shape[-1] == value.Shape[-1] && operand.Shape.Size == value.Shape.Size
            && operand.Storage == value.Storage && Strided.Of(operand) is { } own && Strided.Of(value) is { } other
            && own.Base == other.Base && own.Offset == other.Offset && own.IsContiguous(operand.Shape)
            && other.IsContiguous(value.Shape);
    }
}
