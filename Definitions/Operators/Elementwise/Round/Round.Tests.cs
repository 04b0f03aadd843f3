using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class RoundCases() : OperatorCases(nameof(Round))
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. Unary("Round(x)", -9, 9).Select(c => c with { HasGradient = false }),
        new("Round(0.5 * x)", "B, T", Whole("x", "B, T", -9, 9)) { HasGradient = false, CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyUnary("Round(x)", -9, 9).Select(c => c with { HasGradient = false });
}
