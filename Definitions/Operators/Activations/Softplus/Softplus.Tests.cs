using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both tails and the bend between them.</summary>
public sealed class SoftplusCases() : OperatorCases(nameof(Softplus), error: 4e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Softplus(x)", -20, 20);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Softplus(x)", -20, 20);
}
