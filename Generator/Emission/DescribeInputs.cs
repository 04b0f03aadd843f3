using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Emission;

/// <summary>
/// What the surface must know of each input: which dim its length tells, and what bounds its numbers.
/// </summary>
static class DescribeInputs
{
    public static IReadOnlyList<EntryInput> Run(Graph graph)
    {
        Dictionary<Value, List<Value>> readers = graph.Readers();
        var inferred = new HashSet<string>();
        var inputs = new List<EntryInput>();
        foreach (Value input in graph.Inputs)
        {
            DimSymbol? infers = input.Shape.Size.IsSymbolTimesConstant(out DimSymbol? symbol, out long factor)
                && inferred.Add(symbol!.Name) ? symbol : null;
            InputBound[] bounds = input.Type == ElementType.Int32
                ? [.. Bounds(input, readers).Distinct().OrderBy(b => b.Limit.Maximum)] : [];
            // Of several constants the smallest says all.
            bounds = [.. bounds.Where(b => b.Limit.IsConstant).GroupBy(b => b.Ignored).Select(g => g.First()),
                .. bounds.Where(b => !b.Limit.IsConstant)];
            inputs.Add(new EntryInput(input.Name, input.Shape, input.Type, infers, factor, bounds));
        }
        return inputs;
    }

    /// <summary>Rows of a table that is looked up, and the number of classes that labels are marked to be of.</summary>
    static IEnumerable<InputBound> Bounds(Value value, Dictionary<Value, List<Value>> readers)
    {
        if (!readers.TryGetValue(value, out List<Value>? list)) yield break;
        foreach (Value reader in list)
        {
            if (reader.Op.Kind == PrimitiveKind.View || reader.Is(Structure.At))
                foreach (InputBound bound in Bounds(reader, readers)) yield return bound;
            else if (reader.Is(Primitives.Gather) && reader.Inputs[1] == value)
                yield return new(reader.Inputs[0].Shape[0], null);
            else if (reader.Is(Primitives.ScatterAdd) && reader.Inputs[1] == value)
                yield return new(reader.Shape[0], null);
            else if (reader.Is(Primitives.Equal) && reader.Attributes.Number == 1)
                foreach (Value other in reader.Inputs.Where(i => i != value))
                    if (RangeLength(other) is { } length) yield return new((int)length,
                        reader.Attributes.Start == 0 ? null : (int)reader.Attributes.Start);
        }
    }

    static long? RangeLength(Value value) => value.Is(Primitives.Range)
        ? value.Attributes.Start.IsConstant ? value.Attributes.Start.Constant : null
        : value.Op.Kind == PrimitiveKind.View ? RangeLength(value.Inputs[0]) : null;
}
