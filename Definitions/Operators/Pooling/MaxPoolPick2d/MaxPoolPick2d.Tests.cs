using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap and stand over the edge.</summary>
public sealed class MaxPoolPick2dCases() : OperatorCases(nameof(MaxPoolPick2d))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MaxPoolPick2d(Detach(x), v, 2)", "B, 3, 4, 8", Far("B, 3, 8, 16"), Real("v", "B, 3, 8, 16"))
        { Lengths = [1, 3] },
        new("MaxPoolPick2d(Detach(x), v, 3, stride: 2, padding: 1)", "2, 3, 4, 5", Far("2, 3, 7, 9"), Real("v", "2, 3, 7, 9")),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s =>
        new OperatorCase($"MaxPoolPick2d(Detach(x), v, {s.Text})", s.Y, Far(s.X), Real("v", s.X)) with { Lengths = [1, 3] });

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
