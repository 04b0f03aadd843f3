using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows in one and two axes, of small and wide tables, some of them taken several times.</summary>
public sealed class GatherCases() : OperatorCases(nameof(Gather))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Gather(table, rows)", "1, 1", Real("table", "1, 1"), Integers("rows", "1", 1)),
        new("Gather(table, rows)", "N, 17", Real("table", "11, 17"), Integers("rows", "N", 11)),
        new("Gather(table, rows)", "B, T, 33", Real("table", "5, 33"), Integers("rows", "B, T", 5)),
        new("Gather(table, rows)", "N, 70", Real("table", "300, 70"),
            Integers("rows", "N", 300)) { Lengths = [1, 17, 700] },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Length, AnyShape.Length, AnyShape.OfRank(1, 2), Gen.Bool,
        (count, width, rows, isTransposed) => new OperatorCase(
        isTransposed ? "Gather(table.T, rows)" : "Gather(table, rows)", $"{AnyShape.Text(rows)}, {width}",
        Real("table", isTransposed ? $"{width}, {count}" : $"{count}, {width}"),
            Integers("rows", AnyShape.Text(rows), count)));
}
