using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class AddCases() : OperatorCases(nameof(Add))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Add(a, b)");
}
