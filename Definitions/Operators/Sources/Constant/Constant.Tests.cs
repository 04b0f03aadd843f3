using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>A number that fp32 cannot hold exactly, alone and in a sum.</summary>
public sealed class ConstantCases() : OperatorCases(nameof(Constant))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("BroadcastTo(Constant(0.1), x.Shape)", "B, T", Real("x", "B, T")) { HasGradient = false },
        new("Maximum(x, Constant(-0.25))", "N", Real("x", "N")),
        new("Constant(0.5) * x", "1", Real("x", "1")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Int[-1000, 1000], (axes, n) => new OperatorCase(
        $"x * Constant({n} / 64.0)", AnyShape.Text(axes), Real("x", AnyShape.Text(axes))));
}
