using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Odd rows, wide rows, many rows.</summary>
public sealed class RMSNormCases() : OperatorCases(nameof(RMSNorm), error: 3e-6, scale: "Max(Abs(y), -1)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("RMSNorm(x, gain)", "B, T", Real("x", "B, T"), Real("gain", "T", 0.5, 1.5)) { Lengths = [15, 16, 17, 33, 70] },
        new("RMSNorm(x, gain)", "B, T, 24", Real("x", "B, T, 24"), Real("gain", "24", 0.5, 1.5)),
        new("RMSNorm(x, gain)", "N, 129", Real("x", "N, 129"), Real("gain", "129")) { Lengths = [1, 17, 300] },
        new("RMSNorm(x, gain, 0.1)", "5, 7", Real("x", "5, 7"), Real("gain", "7")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), Gen.OneOf(7, 13, 15, 16, 17, 31, 33, 64), (rows, width) => new OperatorCase(
            "RMSNorm(x, gain)", $"{AnyShape.Text(rows)}, {width}", Real("x", $"{AnyShape.Text(rows)}, {width}"),
                Real("gain", $"{width}", 0.5, 1.5)));
}
