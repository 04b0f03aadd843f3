using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that touch, overlap, leave gaps and stand over the edge, counted or not, and dims.</summary>
public sealed class AveragePool2dCases() : OperatorCases(nameof(AveragePool2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1", "1, 1, 1, 1", "1, 1, 1, 1"),
        Of("2", "B, 3, 8, 16", "B, 3, 4, 8") with { Lengths = [1, 3] },
        Of("3, stride: 2, padding: 1", "2, 3, 7, 9", "2, 3, 4, 5"),
        Of("3, stride: 2, padding: 1, countsPadding: false", "2, 3, 7, 9", "2, 3, 4, 5"),
        Of("2, stride: 3", "2, 3, 8, 6", "2, 3, 3, 2"),
        Of("2", "1, 2, 5, 75", "1, 2, 2, 37"),
        Of("3, stride: 1, padding: 1", "1, 2, 3, 35", "1, 2, 3, 35"),
        Of("2", "B, 2, 2 * H, 6", "B, 2, H, 3") with { Lengths = [1, 2, 4] },
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyPooling.Settings, Gen.Bool, (s, counts) =>
        Of($"{s.Text}, countsPadding: {(counts ? "true" : "false")}", s.X, s.Y) with { Lengths = [1, 3] });

    static OperatorCase Of(string settings, string x, string y) =>
        new($"AveragePool2d(x, {settings})", y, Real("x", x)) { Scale = $"AveragePool2d(Abs(x), {settings})" };
}
