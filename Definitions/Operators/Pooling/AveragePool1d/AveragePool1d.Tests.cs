using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap and stand over the edge, counted or not.</summary>
public sealed class AveragePool1dCases() : OperatorCases(nameof(AveragePool1d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("2", "B, 3, 16", "B, 3, 8") with { Lengths = [1, 3] },
        Of("3, stride: 2, padding: 1", "2, 3, 9", "2, 3, 5"),
        Of("3, stride: 1, padding: 1, countsPadding: false", "B, 2, T", "B, 2, T"),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s =>
        Of(s.Text, $"B, {s.Channels}, {s.Width}", $"B, {s.Channels}, {s.OutWidth}") with { Lengths = [1, 3] });

    static OperatorCase Of(string settings, string x, string y) =>
        new($"AveragePool1d(x, {settings})", y, Real("x", x)) { Scale = $"AveragePool1d(Abs(x), {settings})" };
}
