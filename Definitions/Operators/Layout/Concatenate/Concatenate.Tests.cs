using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Two and three parts along every axis.</summary>
public sealed class ConcatenateCases() : OperatorCases(nameof(Concatenate))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Concatenate(0, a, b)", "B + 3, 5", Real("a", "B, 5"), Real("b", "3, 5")),
        new("Concatenate(-1, a, b)", "N, 50", Real("a", "N, 17"), Real("b", "N, 33")),
        new("Concatenate(1, a, b, a)", "2, 2 * T + 4, 6", Real("a", "2, T, 6"), Real("b", "2, 4, 6")),
        new("Concatenate(0, a, b)", "B + T", Real("a", "B"), Real("b", "T")),
        new("Concatenate(0, a)", "N", Real("a", "N")),
    ];
}
