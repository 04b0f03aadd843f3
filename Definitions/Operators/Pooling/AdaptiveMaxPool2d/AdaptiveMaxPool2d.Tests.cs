using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Windows that divide the image and that overlap, more windows than rows, and dims.</summary>
public sealed class AdaptiveMaxPool2dCases() : OperatorCases(nameof(AdaptiveMaxPool2d))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("AdaptiveMaxPool2d(x, 1, 1)", "B, 3, 1, 1", Far("B, 3, 5, 7")) { Lengths = [1, 3] },
        new("AdaptiveMaxPool2d(x, 2, 3)", "2, 3, 2, 3", Far("2, 3, 4, 9")),
        new("AdaptiveMaxPool2d(x, 3, 2)", "2, 3, 3, 2", Far("2, 3, 7, 5")),
        new("AdaptiveMaxPool2d(x, 4, 2)", "B, 3, 4, 2", Far("B, 3, H, W")) { Lengths = [1, 3, 8] },
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyPooling.Settings, Gen.Int[1, 5], Gen.Int[1, 5], (s, height, width) =>
        new OperatorCase($"AdaptiveMaxPool2d(x, {height}, {width})", $"B, {s.Channels}, {height}, {width}", Far(s.X)) with { Lengths = [1, 3] });

    /// <summary>Numbers far apart: a central difference must not change which one is the largest.</summary>
    static CaseInput Far(string shape) => Real("x", shape, -2000, 2000);
}
