using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class AbsCases() : OperatorCases(nameof(Abs))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Abs(x)", -2, 2);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Abs(x)", -2, 2);
}
