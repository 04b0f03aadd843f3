using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap and stand over the edge, and dims.</summary>
public sealed class MaxPool1dCases() : OperatorCases(nameof(MaxPool1d))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MaxPool1d(x, 2)", "B, 3, 8", Far("B, 3, 16")) { Lengths = [1, 3] },
        new("MaxPool1d(x, 3, stride: 2, padding: 1)", "2, 3, 5", Far("2, 3, 9")),
        new("MaxPool1d(x, 3, stride: 1, padding: 1)", "B, 2, T", Far("B, 2, T")),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s =>
        new OperatorCase($"MaxPool1d(x, {s.Text})", $"B, {s.Channels}, {s.OutWidth}",
            Far($"B, {s.Channels}, {s.Width}")) with { Lengths = [1, 3] });

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
