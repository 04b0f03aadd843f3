using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that divide the image and that overlap, more windows than rows, and dims.</summary>
public sealed class AdaptiveAveragePool2dCases() : OperatorCases(nameof(AdaptiveAveragePool2d), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1", "B, 3, 5, 7", "B, 3, 1, 1") with { Lengths = [1, 3] },
        Of("2, 3", "2, 3, 4, 9", "2, 3, 2, 3"),
        Of("3, 2", "2, 3, 7, 5", "2, 3, 3, 2"),
        Of("4, 2", "B, 3, H, W", "B, 3, 4, 2") with { Lengths = [1, 3, 8] },
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyPooling.Settings, Gen.Int[1, 5], Gen.Int[1, 5], (s, height, width) =>
        Of($"{height}, {width}", s.X, $"B, {s.Channels}, {height}, {width}") with { Lengths = [1, 3] });

    static OperatorCase Of(string windows, string x, string y) =>
        new($"AdaptiveAveragePool2d(x, {windows})", y, Real("x", x))
        {
            Scale = $"AdaptiveAveragePool2d(Abs(x), {windows})",
        };
}
