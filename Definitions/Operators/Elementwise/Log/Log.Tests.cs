using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Positive numbers on both sides of 1, where the result changes its sign.</summary>
public sealed class LogCases() : OperatorCases(nameof(Log), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Log(x)", 0.05, 40);

    public override Gen<OperatorCase> Any => AnyUnary("Log(x)", 0.05, 40);
}
