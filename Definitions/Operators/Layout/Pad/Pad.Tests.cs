using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Before, behind, and on both sides, of every axis.</summary>
public sealed class PadCases() : OperatorCases(nameof(Pad))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Pad(x, 0, 1, x.Length(0) + 1)", "N + 1", Real("x", "N")),
        new("Pad(x, 0, 0, x.Length(0) + 2)", "B + 2, T", Real("x", "B, T")),
        new("Pad(x, 1, 2, 20)", "N, 20", Real("x", "N, 17")),
        new("Pad(x, 1, 1, x.Length(1) + 3)", "3, T + 3, 5", Real("x", "3, T, 5")),
    ];
}
