using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// In which pass over a row each value of a <see cref="KernelKind.Rows"/> kernel can first be computed. A reduction
/// ends a pass: what reads it comes in a later one.
/// </summary>
sealed class RowPasses
{
    readonly Dictionary<Value, int> first = [];

    public RowPasses(IEnumerable<Value> kernelValues)
    {
        foreach (Value value in kernelValues)
            first[value] = value.Inputs.Select(i =>
                Of(i) + (first.ContainsKey(i) && i.Op.Kind == PrimitiveKind.Reduction ? 1 : 0))
                .DefaultIfEmpty(0).Max();
    }

    /// <summary>The number of passes.</summary>
    public int Count => first.Count == 0 ? 1 : first.Values.Max() + 1;

    /// <summary>0 for values from outside.</summary>
    public int Of(Value value) => first.TryGetValue(value, out int pass) ? pass : 0;
}
