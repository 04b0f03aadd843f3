using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class MinimumCases() : OperatorCases(nameof(Minimum))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Minimum(a, b)");
}
