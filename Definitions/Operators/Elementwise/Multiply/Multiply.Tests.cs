using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class MultiplyCases() : OperatorCases(nameof(Multiply))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Multiply(a, b)");

    public override Gen<OperatorCase> Any => AnyBinary("Multiply(a, b)");
}
