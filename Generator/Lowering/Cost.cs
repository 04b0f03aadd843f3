using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Lowering;

/// <summary>Arithmetic and memory traffic at the largest dims.</summary>
static class Cost
{
    /// <summary>Floating-point operations of one value; a multiplication and an addition count as two.</summary>
    public static long Flops(Value value)
    {
        if (value.Is(Primitives.MatMul)) return 2 * value.Shape.Size.Maximum * value.Inputs[0].Shape[-1].Maximum;
        if (value.Op.Facet.TotalFlops is { } flops) return flops(value);
        if (value.Op.Kind == PrimitiveKind.Reduction) return value.Op.Facet.Flops * value.Inputs[0].Shape.Size.Maximum;
        return value.Op.Facet.Flops * value.Shape.Size.Maximum;
    }

    /// <summary>Floating-point operations of a region, loops counted as often as they run.</summary>
    public static long Flops(IEnumerable<Value> values) =>
        values.Sum(v => v.Is(Structure.Loop) ? v.Loop!.Count.Maximum * Flops(v.Loop.Body.Values) : Flops(v));

    /// <summary>Bytes a kernel reads and writes, each operand once.</summary>
    public static long Bytes(Kernel kernel, IReadOnlyList<Value> values) =>
        values.SelectMany(v => v.Inputs).Where(i => i.Kernel != kernel && i.Op.Kind != PrimitiveKind.Source)
            .Distinct()
            .Sum(i => i.Storage.Bytes() * i.Shape.Size.Maximum)
        + kernel.Outputs.Sum(o => o.Storage.Bytes() * o.Shape.Size.Maximum);

    /// <summary>Three digits and a decimal prefix: "1.26 G".</summary>
    public static string Text(long amount)
    {
        string[] prefixes = ["", "k", "M", "G", "T", "P"];
        double value = amount;
        int prefix = 0;
        for (; value >= 1000 && prefix < prefixes.Length - 1; prefix++) value /= 1000;
        return value.ToString(prefix == 0 ? "0" : "0.00", CultureInfo.InvariantCulture) + " " + prefixes[prefix];
    }
}
