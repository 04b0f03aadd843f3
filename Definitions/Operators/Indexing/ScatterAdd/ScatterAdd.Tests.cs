using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows in one and two axes, tables with rows that nothing is added to.</summary>
public sealed class ScatterAddCases() : OperatorCases(nameof(ScatterAdd), error: 1e-6,
    scale: "System.Math.Sqrt((int)rows.Shape.Size) * ScatterAdd(Abs(values), rows, y.Length(0))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("ScatterAdd(values, rows, 1)", "1, 1", Real("values", "1, 1"), Integers("rows", "1", 1)),
        new("ScatterAdd(values, rows, 11)", "11, 17", Real("values", "N, 17"), Integers("rows", "N", 9)),
        new("ScatterAdd(values, rows, 5)", "5, 33", Real("values", "B, T, 33"), Integers("rows", "B, T", 5)),
        new("ScatterAdd(values, rows, 300)", "300, 70", Real("values", "N, 70"),
            Integers("rows", "N", 300)) { Lengths = [1, 17, 700] },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Length, AnyShape.Length, AnyShape.OfRank(1, 2), (count, width, rows) => new OperatorCase(
        $"ScatterAdd(values, rows, {count})", $"{count}, {width}", Real("values", $"{AnyShape.Text(rows)}, {width}"),
            Integers("rows", AnyShape.Text(rows), count)));
}
