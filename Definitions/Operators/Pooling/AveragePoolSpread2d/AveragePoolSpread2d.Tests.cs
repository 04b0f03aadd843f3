using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap and stand over the edge, counted or not.</summary>
public sealed class AveragePoolSpread2dCases() : OperatorCases(nameof(AveragePoolSpread2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("8, 16, 2", "B, 3, 4, 8", "B, 3, 8, 16") with { Lengths = [1, 3] },
        Of("7, 9, 3, stride: 2, padding: 1", "2, 3, 4, 5", "2, 3, 7, 9"),
        Of("7, 9, 3, stride: 2, padding: 1, countsPadding: false", "2, 3, 4, 5", "2, 3, 7, 9"),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s => Of($"{s.Height}, {s.Width}, {s.Text}", s.Y, s.X) with { Lengths = [1, 3] });

    static OperatorCase Of(string settings, string dy, string x) =>
        new($"AveragePoolSpread2d(dy, {settings})", x, Real("dy", dy))
        {
            Scale = $"AveragePoolSpread2d(Abs(dy), {settings})",
        };
}
