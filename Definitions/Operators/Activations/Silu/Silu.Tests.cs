using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both tails and the bend between them.</summary>
public sealed class SiluCases() : OperatorCases(nameof(Silu), error: 1e-6, scale: "Maximum(1, Abs(x))")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Silu(x)", -12, 12);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Silu(x)", -12, 12);
}
