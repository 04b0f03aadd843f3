using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>All pieces, up to where the result rounds to 1.</summary>
public sealed class ErfCases() : OperatorCases(nameof(Erf), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Erf(x)", -4, 4);
}
