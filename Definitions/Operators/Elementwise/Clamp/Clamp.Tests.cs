using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Below, between and above the bounds; one bound only; bounds that meet.</summary>
public sealed class ClampCases() : OperatorCases(nameof(Clamp))
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. Unary("Clamp(x, -0.5, 1.25)", -2, 2),
        new("Clamp(x, 0, double.PositiveInfinity)", "B, T", Real("x", "B, T")),
        new("Clamp(x, 0.5, 0.5)", "N", Real("x", "N")) { HasGradient = false },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Int[-8, 0], Gen.Int[0, 8], (axes, low, high) => new OperatorCase(
            $"Clamp(x, {low} / 4.0, {high} / 4.0)", AnyShape.Text(axes), Real("x", AnyShape.Text(axes), -3, 3)));
}
