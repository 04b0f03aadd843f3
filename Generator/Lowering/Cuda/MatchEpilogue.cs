using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Finds what cuBLASLt can compute of a product on its way to memory: a bias along its rows, a matrix of its own shape,
/// GELU and its derivative.
/// <code>
/// kernel matmul { n1 = matmul(x, w)  n2 = n1 + bias  n3 = residual + n2 }   →   n3 = x · w + bias + residual
/// kernel matmul { n1 = matmul(x, w)  n2 = n1 + bias  n3 .. n9 }             →   n9 = gelu(x · w + bias), n2 beside it
/// kernel matmul { n1 = matmul(dy, w)  n2 .. n12 }                           →   n12 = dy · w * gelu'(u)
/// </code>
/// GELU is written out when it gets here, in whatever way its author wrote it. So it is not looked for by its words: a
/// kernel that has the values of GELU at enough places is GELU.
/// </summary>
static class MatchEpilogue
{
    /// <summary>Relative to the larger of 1 and the value: two ways to write GELU in fp64 differ by less, and GELU by
    /// erf from that by tanh by more.</summary>
    const double Tolerance = 1e-9;

    /// <summary>What may go into GELU: both tails, where it bends, and 0.</summary>
    static readonly double[] Places = [-9, -4.1, -2.3, -1.2, -0.7, -0.31, -1e-3, 0, 2e-3, 0.45, 0.9, 1.6, 2.7, 5.2, 11];

    /// <summary>What may be added before: numbers that no power of one is a multiple of.</summary>
    static readonly double[] Biases = [0.25, -1.7, 0.613];

    /// <summary>What the kernel computes of its product; null where it does more than cuBLASLt has.</summary>
    public static ProductEpilogue? Of(Kernel kernel, IReadOnlyList<Value> values) =>
        values[0].Layout is not null || !values[0].Is(Primitives.MatMul) ? null
            : Additions(kernel, values) ?? Gelu(kernel, values) ?? GeluGradient(kernel, values);

    static ProductEpilogue? Additions(Kernel kernel, IReadOnlyList<Value> values)
    {
        Value product = values[0];
        if (kernel.Outputs is not [{ } output] || output == product) return null;
        var leaves = new List<Value>();
        if (!Collect(output, product, kernel, leaves) || leaves.Count(l => l == product) != 1) return null;
        // Nothing but the additions: no value is computed beside them.
        if (values.Count(v => v.Is(Primitives.Add)) != leaves.Count - 1
            || values.Skip(1).Any(v => !v.Is(Primitives.Add))) return null;
        Value? bias = null, residual = null;
        foreach (Value leaf in leaves.Where(l => l != product))
        {
            if (bias is null && IsBias(leaf, product)) bias = leaf;
            else if (residual is null && IsMatrix(leaf, product, output)) residual = leaf;
            else return null;
        }
        return new(output) { Bias = bias, Residual = residual };
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

    static ProductEpilogue? Gelu(Kernel kernel, IReadOnlyList<Value> values)
    {
        Value product = values[0];
        List<Value> leaves = Leaves(kernel, values);
        if (leaves.Count > 1 || leaves.Any(l => !IsBias(l, product)) || kernel.Outputs.Count > 2) return null;
        Value? bias = leaves.FirstOrDefault();
        bool Has(Value output, Func<double, double> function) => Places.All(at => bias is null
            ? Agrees(output, function(at), (product, at))
            : Biases.All(b => Agrees(output, function(at + b), (product, at), (bias, b))));
        Value? result = kernel.Outputs.FirstOrDefault(o => Has(o, OfGelu));
        Value? before = kernel.Outputs.FirstOrDefault(o => Has(o, x => x));
        if (result is null || kernel.Outputs.Any(o => o != result && o != before)) return null;
        if (before is not null && before.Storage != result.Storage) return null;
        return new(result) { Bias = bias, Activation = ProductActivation.Gelu, Before = before };
    }

    static ProductEpilogue? GeluGradient(Kernel kernel, IReadOnlyList<Value> values)
    {
        Value product = values[0];
        if (kernel.Outputs is not [{ } result] || Leaves(kernel, values) is not [{ } before]
            || !IsMatrix(before, product, result)) return null;
        bool isGradient = Places.All(at => Agrees(result, 0.75 * OfGeluGradient(at), (product, 0.75), (before, at))
            && Agrees(result, -3 * OfGeluGradient(at), (product, -3), (before, at)));
        return !isGradient ? null
            : new(result) { Activation = ProductActivation.GeluGradient, Before = before };
    }

    /// <summary>What the kernel reads besides its product's operands and constants.</summary>
    static List<Value> Leaves(Kernel kernel, IReadOnlyList<Value> values) => [.. values.Skip(1)
        .SelectMany(v => v.Inputs).Where(i => i.Kernel != kernel && !i.Is(Primitives.Constant)).Distinct()];

    static double OfGelu(double x) => 0.5 * x * (1 + OfTanh(x));

    static double OfGeluGradient(double x)
    {
        double t = OfTanh(x);
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    }

    static double OfTanh(double x) => Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));

    static bool Agrees(Value value, double expected, params (Value, double)[] known) =>
        Evaluate(value, known.ToDictionary(k => k.Item1, k => k.Item2)) is { } number
            && Math.Abs(number - expected) <= Tolerance * Math.Max(1, Math.Abs(expected));

    /// <summary>One element of a value from those it is computed of; null where another operation is in it.</summary>
    static double? Evaluate(Value value, Dictionary<Value, double> known)
    {
        if (known.TryGetValue(value, out double number)) return number;
        if (value.Is(Primitives.Constant)) return value.Attributes.Number;
        double? computed = value.Op.Kind == PrimitiveKind.Elementwise && value.Type == ElementType.Float32
            ? value.Inputs.Select(i => Evaluate(i, known)).ToArray() switch
            {
                [{ } x] when value.Is(Primitives.Tanh) => Math.Tanh(x),
                [{ } x] when value.Is(Primitives.Exp) => Math.Exp(x),
                [{ } x, { } y] when value.Is(Primitives.Add) => x + y,
                [{ } x, { } y] when value.Is(Primitives.Subtract) => x - y,
                [{ } x, { } y] when value.Is(Primitives.Multiply) => x * y,
                [{ } x, { } y] when value.Is(Primitives.Divide) => x / y,
                [{ } x, { } y] when value.Is(Primitives.Pow) => Math.Pow(x, y),
                _ => null,
            }
            : null;
        if (computed is { } found) known[value] = found;
        return computed;
    }

    static bool IsBias(Value leaf, Value product) => leaf.Op.Kind != PrimitiveKind.Source
        && leaf.Storage == StorageType.Float32 && leaf.Shape.Effective() is [{ } length]
        && leaf.Shape.Rank > 0 && leaf.Shape[-1] == length && length == product.Shape[-1]
        && Strided.Of(leaf) is { } strided && strided.IsContiguous(leaf.Shape);

    /// <summary>Of the product's shape, in order, and stored as what is to be written.</summary>
    static bool IsMatrix(Value leaf, Value product, Value output) => leaf.Op.Kind != PrimitiveKind.Source
        && leaf.Storage == output.Storage && leaf.Shape.Equals(product.Shape)
        && Strided.Of(leaf) is { } strided && strided.IsContiguous(leaf.Shape);
}
