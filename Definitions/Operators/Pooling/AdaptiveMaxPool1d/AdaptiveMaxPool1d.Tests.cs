using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that divide the sequence and that overlap, more windows than elements, and dims.</summary>
public sealed class AdaptiveMaxPool1dCases() : OperatorCases(nameof(AdaptiveMaxPool1d))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("AdaptiveMaxPool1d(x, 1)", "B, 3, 1", Far("B, 3, 7")) { Lengths = [1, 3] },
        new("AdaptiveMaxPool1d(x, 3)", "2, 3, 3", Far("2, 3, 9")),
        new("AdaptiveMaxPool1d(x, 2)", "2, 3, 2", Far("2, 3, 5")),
        new("AdaptiveMaxPool1d(x, 4)", "B, 3, 4", Far("B, 3, T")) { Lengths = [1, 3, 8] },
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyPooling.Settings, Gen.Int[1, 5], (s, length) =>
        new OperatorCase($"AdaptiveMaxPool1d(x, {length})", $"B, {s.Channels}, {length}", Far($"B, {s.Channels}, {s.Width}")) with { Lengths = [1, 3] });

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
