using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>One place and many, and dims.</summary>
public sealed class GlobalAveragePoolCases() : OperatorCases(nameof(GlobalAveragePool), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("1, 1, 1, 1", "1, 1"),
        Of("B, 3, 5, 7", "B, 3"),
        Of("B, 3, H, 9", "B, 3"),
    ];

    public override Gen<OperatorCase> Any => AnyPooling.Settings.Select(s => Of(s.X, $"B, {s.Channels}") with { Lengths = [1, 3] });

    static OperatorCase Of(string x, string y) => new("GlobalAveragePool(x)", y, Real("x", x))
    {
        Scale = "System.Math.Sqrt((int)x.Shape[2] * (int)x.Shape[3]) * GlobalAveragePool(Abs(x))",
    };
}
