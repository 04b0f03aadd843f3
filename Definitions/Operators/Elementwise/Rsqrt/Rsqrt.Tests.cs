using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Positive numbers; one ulp is at most 2^-23 of the result.</summary>
public sealed class RsqrtCases() : OperatorCases(nameof(Rsqrt), error: 1, scale: "1.1920929e-7 * y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Rsqrt(x)", 0.05, 40);

    public override Gen<OperatorCase> Any => AnyUnary("Rsqrt(x)", 0.05, 40);
}
