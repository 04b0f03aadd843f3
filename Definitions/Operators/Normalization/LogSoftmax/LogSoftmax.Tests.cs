using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Rows of one element, odd rows, rows of many vectors, and rows that would overflow were the largest not subtracted.
/// </summary>
public sealed class LogSoftmaxCases() : OperatorCases(nameof(LogSoftmax), error: 2e-6, scale: "Maximum(1, Abs(y))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("LogSoftmax(x)", "N, 1", Real("x", "N, 1")),
        new("LogSoftmax(x)", "B, T", Real("x", "B, T")),
        new("LogSoftmax(x)", "2, B, T", Real("x", "2, B, T")),
        new("LogSoftmax(x)", "N, 129", Real("x", "N, 129", -5, 5)) { Lengths = [1, 17, 300] },
        new("LogSoftmax(x)", "3, 10", Real("x", "3, 10", 80, 95)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyUnary("LogSoftmax(x)", -5, 5);
}
