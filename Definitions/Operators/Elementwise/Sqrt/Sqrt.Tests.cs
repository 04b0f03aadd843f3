using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Positive numbers: the gradient at 0 is infinite.</summary>
public sealed class SqrtCases() : OperatorCases(nameof(Sqrt))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Sqrt(x)", 0.05, 40);

    public override Gen<OperatorCase> Any => AnyUnary("Sqrt(x)", 0.05, 40);
}
