using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that divide the sequence and that overlap, more windows than elements, and dims.</summary>
public sealed class AdaptiveAveragePool1dCases() : OperatorCases(nameof(AdaptiveAveragePool1d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1", "B, 3, 7", "B, 3, 1") with { Lengths = [1, 3] },
        Of("3", "2, 3, 9", "2, 3, 3"),
        Of("2", "2, 3, 5", "2, 3, 2"),
        Of("4", "B, 3, T", "B, 3, 4") with { Lengths = [1, 3, 8] },
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyPooling.Settings, Gen.Int[1, 5], (s, length) =>
        Of($"{length}", $"B, {s.Channels}, {s.Width}", $"B, {s.Channels}, {length}") with { Lengths = [1, 3] });

    static OperatorCase Of(string windows, string x, string y) =>
        new($"AdaptiveAveragePool1d(x, {windows})", y, Real("x", x)) { Scale = $"AdaptiveAveragePool1d(Abs(x), {windows})" };
}
