using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Below 0, about 0 and above it.</summary>
public sealed class Log1pCases() : OperatorCases(nameof(Log1p), error: 3e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Log1p(x)", -0.75, 6);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Log1p(x)", -0.75, 6);
}
