using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Divisors away from 0.</summary>
public sealed class DivideCases() : OperatorCases(nameof(Divide))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Divide(a, b)", from: 0.25, to: 3);

    public override Gen<OperatorCase> Any => AnyBinary("Divide(a, b)", from: 0.25, to: 3);
}
