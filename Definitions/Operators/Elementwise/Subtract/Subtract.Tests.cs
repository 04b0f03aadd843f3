using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class SubtractCases() : OperatorCases(nameof(Subtract))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Subtract(a, b)");

    public override Gen<OperatorCase> Any => AnyBinary("Subtract(a, b)");
}
