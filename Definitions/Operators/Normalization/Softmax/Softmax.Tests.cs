using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Rows of one element, odd rows, rows of many vectors, and rows that would overflow were the largest not subtracted.
/// </summary>
public sealed class SoftmaxCases() : OperatorCases(nameof(Softmax), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Softmax(x)", "1", Real("x", "1")),
        new("Softmax(x)", "N, 1", Real("x", "N, 1")),
        new("Softmax(x)", "B, T", Real("x", "B, T")),
        new("Softmax(x)", "2, B, T", Real("x", "2, B, T")),
        new("Softmax(x)", "N, 129", Real("x", "N, 129", -5, 5)) { Lengths = [1, 17, 300] },
        new("Softmax(x)", "3, 10", Real("x", "3, 10", 80, 95)),
    ];

    public override Gen<OperatorCase> Any => AnyUnary("Softmax(x)", -5, 5);
}
