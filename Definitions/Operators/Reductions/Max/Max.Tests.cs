using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between, short and longer than one thread takes.</summary>
public sealed class MaxCases() : OperatorCases(nameof(Max))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Max(x, 0)", "1", Real("x", "1")),
        new("Max(x, -1)", "B, 1", Real("x", "B, T")),
        new("Max(x, 0)", "1, T", Real("x", "B, T")),
        new("Max(x, 1)", "B, 1, 5", Real("x", "B, T, 5")),
        new("Max(x, 0)", "1", Real("x", "N")) { Lengths = [1, 15, 17, Many] },
        new("Max(x, 1)", "N, 1", Real("x", "N, 129")) { Lengths = [1, 17, 300] },
        new("Max(x, 0)", "1, 33", Real("x", "N, 33")) { Lengths = [1, 17, 700] },
    ];
}
