using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and several axes; rows that would overflow were the largest not subtracted.</summary>
public sealed class LogSumExpCases() : OperatorCases(nameof(LogSumExp), error: 2e-6, scale: "Maximum(1, Abs(y))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("LogSumExp(x, 0)", "1", Real("x", "1")),
        new("LogSumExp(x, -1)", "B, 1", Real("x", "B, T", -5, 5)),
        new("LogSumExp(x, 0)", "1, T", Real("x", "B, T", -5, 5)),
        new("LogSumExp(x, 1)", "B, 1, 5", Real("x", "B, T, 5", -5, 5)),
        new("LogSumExp(x, [0, -1])", "1, T, 1", Real("x", "B, T, 5", -5, 5)),
        new("LogSumExp(x, -1)", "N, 1", Real("x", "N, 10", 85, 95)),
        new("LogSumExp(x, -1)", "N, 1", Real("x", "N, 10", -300, -290)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyReduction(axis => $"LogSumExp(x, {axis})", far: 5);
}
