using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both tails and the bend between them.</summary>
public sealed class GeluCases() : OperatorCases(nameof(Gelu), error: 1e-6, scale: "Maximum(1, Abs(x))")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Gelu(x)", -6, 6);
}
