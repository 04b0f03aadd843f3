using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Equal shapes and every kind of broadcasting.</summary>
public sealed class MinimumCases() : OperatorCases(nameof(Minimum))
{
    public override IEnumerable<OperatorCase> All =>
        Binary("Minimum(a, b)");

    public override Gen<OperatorCase> Any => AnyBinary("Minimum(a, b)");
}
