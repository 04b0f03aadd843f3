using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Positive numbers; one ulp is at most 2^-23 of the result.</summary>
public sealed class RsqrtCases() : OperatorCases(nameof(Rsqrt), error: 1, scale: "1.1920929e-7 * y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Rsqrt(x)", 0.05, 40);
}
