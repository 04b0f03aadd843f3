using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Finds what cuBLASLt can add to a product on its way to memory: a bias along its rows and a matrix of its own shape.
/// <code>
/// kernel matmul { n1 = matmul(x, w)  n2 = n1 + bias  n3 = residual + n2 }   →   n3 = x · w + bias + residual
/// </code>
/// </summary>
static class MatchAdditions
{
    /// <summary>The addends, or null where the kernel does more than add them.</summary>
    public static (Value? Bias, Value? Residual)? Of(Kernel kernel, IReadOnlyList<Value> values)
    {
        Value product = values[0];
        if (kernel.Outputs is not [{ } output] || output == product || product.Layout is not null) return null;
        var leaves = new List<Value>();
        if (!Collect(output, product, kernel, leaves) || leaves.Count(l => l == product) != 1) return null;
        // Nothing but the additions: no value is computed beside them.
        if (values.Count(v => v.Is(Primitives.Add)) != leaves.Count - 1
            || values.Skip(1).Any(v => !v.Is(Primitives.Add))) return null;
        Value? bias = null, residual = null;
        foreach (Value leaf in leaves.Where(l => l != product))
        {
            if (bias is null && IsBias(leaf, product)) bias = leaf;
            else if (residual is null && IsResidual(leaf, product, output)) residual = leaf;
            else return null;
        }
        return (bias, residual);
    }

    static bool Collect(Value value, Value product, Kernel kernel, List<Value> leaves)
    {
        if (value == product || value.Kernel != kernel)
        {
            leaves.Add(value);
            return true;
        }
        return value.Is(Primitives.Add) && value.Inputs.All(i => Collect(i, product, kernel, leaves));
    }

    static bool IsBias(Value leaf, Value product) => leaf.Op.Kind != PrimitiveKind.Source
        && leaf.Storage == StorageType.Float32 && leaf.Shape.Effective() is [{ } length]
        && leaf.Shape.Rank > 0 && leaf.Shape[-1] == length && length == product.Shape[-1]
        && Strided.Of(leaf) is { } strided && strided.IsContiguous(leaf.Shape);

    static bool IsResidual(Value leaf, Value product, Value output) => leaf.Op.Kind != PrimitiveKind.Source
        && leaf.Storage == output.Storage && leaf.Shape.Equals(product.Shape)
        && Strided.Of(leaf) is { } strided && strided.IsContiguous(leaf.Shape);
}
