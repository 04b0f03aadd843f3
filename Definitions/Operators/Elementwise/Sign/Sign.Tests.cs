using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0, and 0.</summary>
public sealed class SignCases() : OperatorCases(nameof(Sign))
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. Unary("Sign(x)", -2, 2).Select(c => c with { HasGradient = false }),
        new("Sign(x)", "B, T", Whole("x", "B, T")) { HasGradient = false, CanBeHalved = false },
        new("a * Sign(b)", "B, T", Real("a", "B, T"), Whole("b", "B, T")) { CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyUnary("Sign(x)", -2, 2).Select(c => c with { HasGradient = false });
}
