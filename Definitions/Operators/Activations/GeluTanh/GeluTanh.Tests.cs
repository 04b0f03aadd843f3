using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both tails and the bend between them.</summary>
public sealed class GeluTanhCases() : OperatorCases(nameof(GeluTanh), error: 1e-6, scale: "Maximum(1, Abs(x))")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("GeluTanh(x)", -6, 6);

    public override Gen<OperatorCase> Any => AnyUnary("GeluTanh(x)", -6, 6);
}
