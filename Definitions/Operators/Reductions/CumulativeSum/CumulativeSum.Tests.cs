using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between, both ways.</summary>
public sealed class CumulativeSumCases() : OperatorCases(nameof(CumulativeSum), error: 1e-7, scale: "Sum(Abs(x), 0)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("CumulativeSum(x, 0)", "1", Real("x", "1")),
        new("CumulativeSum(x, -1)", "B, T", Real("x", "B, T")) { Scale = "Sum(Abs(x), -1)" },
        new("CumulativeSum(x, 0)", "B, T", Real("x", "B, T")) { Scale = "Sum(Abs(x), 0)" },
        new("CumulativeSum(x, 1, reversed: true)", "B, T, 5", Real("x", "B, T, 5")) { Scale = "Sum(Abs(x), 1)" },
        new("CumulativeSum(x.T, 1)", "T, B", Real("x", "B, T")) { Scale = "Sum(Abs(x.T), 1)" },
        new("CumulativeSum(x, 0)", "N", Real("x", "N")) { Lengths = [1, 15, 17, Many], Scale = "Sum(Abs(x), 0)" },
        new("CumulativeSum(x, 1)", "N, 3, 700", Real("x", "N, 3, 700")) { Lengths = [1, 7], Scale = "Sum(Abs(x), 1)" },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Bool, (s, isReversed) => new OperatorCase(
            $"CumulativeSum(x, {s.Written}{(isReversed ? ", reversed: true" : "")})", AnyShape.Text(s.Axes),
            Real("x", AnyShape.Text(s.Axes))) { Scale = $"Sum(Abs(x), {s.Written})" });
}
