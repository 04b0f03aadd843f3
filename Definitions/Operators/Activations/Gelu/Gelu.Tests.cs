using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both tails and the bend between them.</summary>
public sealed class GeluCases() : OperatorCases(nameof(Gelu), error: 1e-6, scale: "Maximum(1, Abs(x))")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Gelu(x)", -6, 6);

    public override Gen<OperatorCase> Any => AnyUnary("Gelu(x)", -6, 6);
}
