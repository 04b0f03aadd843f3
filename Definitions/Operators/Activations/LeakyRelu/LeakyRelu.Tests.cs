using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0, and another slope.</summary>
public sealed class LeakyReluCases() : OperatorCases(nameof(LeakyRelu), error: 1e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. Unary("LeakyRelu(x)", -2, 2),
        new("LeakyRelu(x, 0.2)", "B, T", Real("x", "B, T")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Int[-4, 4], (axes, slope) => new OperatorCase(
            $"LeakyRelu(x, {slope} / 8.0)", AnyShape.Text(axes), Real("x", AnyShape.Text(axes))));
}
