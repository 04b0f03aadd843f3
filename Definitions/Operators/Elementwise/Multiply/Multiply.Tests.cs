using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class MultiplyCases() : OperatorCases(nameof(Multiply))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Multiply(a, b)");
}
