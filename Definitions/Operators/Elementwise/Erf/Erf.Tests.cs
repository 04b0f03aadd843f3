using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>All pieces, up to where the result rounds to 1.</summary>
public sealed class ErfCases() : OperatorCases(nameof(Erf), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Erf(x)", -4, 4);

    public override Gen<OperatorCase> Any => AnyUnary("Erf(x)", -4, 4);
}
