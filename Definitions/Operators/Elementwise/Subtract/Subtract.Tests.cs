using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class SubtractCases() : OperatorCases(nameof(Subtract))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Subtract(a, b)");
}
