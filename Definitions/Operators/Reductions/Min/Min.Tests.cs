using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows, columns and axes between, short and longer than one thread takes.</summary>
public sealed class MinCases() : OperatorCases(nameof(Min))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Min(x, 0)", "1", Far("1")),
        new("Min(x, -1)", "B, 1", Far("B, T")),
        new("Min(x, 0)", "1, T", Far("B, T")),
        new("Min(x, 1)", "B, 1, 5", Far("B, T, 5")),
        new("Min(x, 0)", "1", Far("N")) { Lengths = [1, 15, 17, Many] },
        new("Min(x, [0, -1])", "1, T, 1", Far("B, T, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        AnyReduction(axis => $"Min(x, {axis})", far: 2000);

    /// <summary>Numbers far apart: a central difference must not change which one counts.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
