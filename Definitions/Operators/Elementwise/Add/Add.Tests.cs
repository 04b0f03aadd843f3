using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class AddCases() : OperatorCases(nameof(Add))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Add(a, b)");

    public override Gen<OperatorCase> Any => AnyBinary("Add(a, b)");
}
