using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between, short and longer than one thread takes.</summary>
public sealed class MaxCases() : OperatorCases(nameof(Max))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Max(x, 0)", "1", Far("1")),
        new("Max(x, -1)", "B, 1", Far("B, T")),
        new("Max(x, 0)", "1, T", Far("B, T")),
        new("Max(x, 1)", "B, 1, 5", Far("B, T, 5")),
        new("Max(x, 1)", "B, 1", Far("B, 1")),
        new("Max(x, 0)", "1", Far("N")) { Lengths = [1, 15, 17, Many] },
        new("Max(x, 1)", "N, 1", Far("N, 129")) { Lengths = [1, 17, 300] },
        new("Max(x, [0, -1])", "1, T, 1", Far("B, T, 5")),
        new("Max(x, 0)", "1, 33", Far("N, 33")) { Lengths = [1, 17, 700] },
    ];

    public override Gen<OperatorCase> Any => AnyReduction(axis => $"Max(x, {axis})", far: 2000);

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
