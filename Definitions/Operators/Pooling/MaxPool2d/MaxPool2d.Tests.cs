using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap, leave gaps and stand over the edge, and dims.</summary>
public sealed class MaxPool2dCases() : OperatorCases(nameof(MaxPool2d))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MaxPool2d(x, 1)", "1, 1, 1, 1", Far("1, 1, 1, 1")),
        new("MaxPool2d(x, 2)", "B, 3, 4, 8", Far("B, 3, 8, 16")) { Lengths = [1, 3] },
        new("MaxPool2d(x, 3, stride: 2, padding: 1)", "2, 3, 4, 5", Far("2, 3, 7, 9")),
        new("MaxPool2d(x, 2, stride: 3)", "2, 3, 3, 2", Far("2, 3, 8, 6")),
        new("MaxPool2d(x, 3, stride: 1, padding: 1)", "B, 2, H, W", Far("B, 2, H, W")) { Lengths = [1, 3, 8] },
        new("MaxPool2d(x, 2)", "1, 2, 2, 37", Far("1, 2, 5, 75")),
        new("MaxPool2d(x, 3, stride: 1, padding: 1)", "1, 2, 3, 35", Far("1, 2, 3, 35")),
        new("MaxPool2d(x, 2)", "B, 2, H, 3", Far("B, 2, 2 * H, 6")) { Lengths = [1, 2, 4] },
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s =>
        new OperatorCase($"MaxPool2d(x, {s.Text})", s.Y, Far(s.X)) with { Lengths = [1, 3] });

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
