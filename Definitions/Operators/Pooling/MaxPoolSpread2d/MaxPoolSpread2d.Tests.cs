using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap and stand over the edge.</summary>
public sealed class MaxPoolSpread2dCases() : OperatorCases(nameof(MaxPoolSpread2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("2", "B, 3, 8, 16", "B, 3, 4, 8") with { Lengths = [1, 3] },
        Of("3, stride: 2, padding: 1", "2, 3, 7, 9", "2, 3, 4, 5"),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s => Of(s.Text, s.X, s.Y) with { Lengths = [1, 3] });

    static OperatorCase Of(string settings, string x, string dy) =>
        new($"MaxPoolSpread2d(Detach(x), dy, {settings})", x, Real("x", x, -2000, 2000), Real("dy", dy))
        {
            Scale = $"MaxPoolSpread2d(x, Abs(dy), {settings})",
        };
}
