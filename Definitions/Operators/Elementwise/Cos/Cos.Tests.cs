using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Several turns.</summary>
public sealed class CosCases() : OperatorCases(nameof(Cos), error: 3e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Cos(x)", -20, 20);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Cos(x)", -20, 20);
}
