using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and several axes, from the mean and from a sample; numbers far from 0.</summary>
public sealed class VarianceCases() : OperatorCases(nameof(Variance), error: 2e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Over("-1", "B, 1", "B, T", "x.Shape[-1]"),
        Over("0", "1, T", "B, T", "x.Shape[0]"),
        Over("1, unbiased: true", "B, 1, 5", "B, T, 5", "x.Shape[1]") with { Lengths = [2, 15, 17, 33] },
        Over("[0, -1]", "1, T, 1", "B, T, 5", "x.Shape[0] * x.Shape[2]"),
        Over("1", "N, 1", "N, 129", "x.Shape[1]") with { Lengths = [1, 17, 300] },
        // E[x²] - E[x]² would leave nothing: the squares are 1e6 and their last place is 0.06.
        new("Variance(x, 0)", "1", Real("x", "N", 999, 1001)) { Lengths = [17, 70, Many], Error = 1e-4, Scale = "1" },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Bool, (s, isUnbiased) =>
        {
            bool isSample = isUnbiased && AnyShape.SizeOf(s.Axes[s.Axis]) > 1 && !AnyShape.IsDim(s.Axes[s.Axis]);
            return Over($"{s.Written}{(isSample ? ", true" : "")}",
                AnyShape.Text(AnyShape.With(s.Axes, s.Axis, "1")), AnyShape.Text(s.Axes), $"x.Shape[{s.Written}]");
        });

    /// <summary>The error grows with the root of how many are added, relative to the mean square.</summary>
    static OperatorCase Over(string arguments, string result, string shape, string count) =>
        new($"Variance(x, {arguments})", result, Real("x", shape)) { Scale = $"System.Math.Sqrt((int)({count})) * 4" };
}
