using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Positive numbers: the gradient at 0 is infinite.</summary>
public sealed class SqrtCases() : OperatorCases(nameof(Sqrt))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Sqrt(x)", 0.05, 40);
}
