using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Several turns.</summary>
public sealed class SinCases() : OperatorCases(nameof(Sin), error: 3e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Sin(x)", -20, 20);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Sin(x)", -20, 20);
}
