using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Fractions on both sides of 0; as they are, as rows of a table, and compared.</summary>
public sealed class ToIntegerCases() : OperatorCases(nameof(ToInteger))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Cast(ToInteger(x))", "N", Real("x", "N", -900, 900)) { HasGradient = false,
            Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Cast(ToInteger(x))", "B, T", Real("x", "B, T", -1e9, 1e9)) { HasGradient = false },
        new("Gather(table, ToInteger(x))", "N, 5", Real("table", "7, 5"), Whole("x", "N", 0, 7)) { CanBeHalved = false },
        new("Where(Less(ToInteger(x), rows), 1, 0)", "B, T", Real("x", "B, 1", 0, 5), Integers("rows", "T", 5))
            { HasGradient = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyUnary("Cast(ToInteger(x))", -100, 100).Select(c => c with { HasGradient = false });
}
