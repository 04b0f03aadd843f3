using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Over most of the exponents of fp32 that a network meets.</summary>
public sealed class ExpCases() : OperatorCases(nameof(Exp), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Exp(x)", -12, 12);

    public override Gen<OperatorCase> Any => AnyUnary("Exp(x)", -12, 12);
}
