using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Divisors away from 0.</summary>
public sealed class DivideCases() : OperatorCases(nameof(Divide))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Divide(a, b)", from: 0.25, to: 3);
}
