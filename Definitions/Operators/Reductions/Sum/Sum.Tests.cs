using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between, short and longer than one thread takes.</summary>
public sealed class SumCases() : OperatorCases(nameof(Sum), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Over(0, "1", "1"),
        Over(-1, "B, 1", "B, T"),
        Over(0, "1, T", "B, T"),
        Over(1, "B, 1, 5", "B, T, 5"),
        Over(0, "1", "N") with { Lengths = [1, 15, 17, Many] },
        Over(1, "N, 1", "N, 129") with { Lengths = [1, 17, 300] },
        Over(0, "1, 33", "N, 33") with { Lengths = [1, 17, 700] },
        new("Sum(x, [0, -1])", "1, T, 1", Real("x", "B, T, 5"))
        {
            Scale = "System.Math.Sqrt((int)(x.Shape[0] * x.Shape[2])) * Sum(Sum(Abs(x), 0), 2)",
        },
    ];

    public override Gen<OperatorCase> Any =>
        AnyReduction(axis => $"Sum(x, {axis})",
        axis => $"System.Math.Sqrt((int)x.Shape[{axis}]) * Sum(Abs(x), {axis})");

    /// <summary>The error grows with the root of how many are added, relative to the sum of magnitudes.</summary>
    static OperatorCase Over(int axis, string result, string shape) =>
        new($"Sum(x, {axis})", result, Real("x",
            shape)) { Scale = $"System.Math.Sqrt((int)x.Shape[{axis}]) * Sum(Abs(x), {axis})" };
}
