using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Conditions of real numbers and of integers; seen through a choice.</summary>
public sealed class NotCases() : OperatorCases(nameof(Not))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Where(Not(Less(a, b)), 1, 0)", "N", Whole("a", "N"), Whole("b", "N")) { HasGradient = false,
            CanBeHalved = false, Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Where(!Equal(c, d), a, b)", "B, T", Real("a", "B, T"), Real("b", "T"), Integers("c", "B, 1", 3),
            Integers("d", "T", 3)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyCondition("Where(Not(Less(a, b)), 1, 0)");
}
