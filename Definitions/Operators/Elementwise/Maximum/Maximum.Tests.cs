using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class MaximumCases() : OperatorCases(nameof(Maximum))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Maximum(a, b)");

    public override Gen<OperatorCase> Any => AnyBinary("Maximum(a, b)");
}
