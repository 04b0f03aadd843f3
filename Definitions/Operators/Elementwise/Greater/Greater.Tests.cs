using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Real numbers, some of them equal, and integers; a condition can be seen only through a choice.</summary>
public sealed class GreaterCases() : OperatorCases(nameof(Greater))
{
    public override IEnumerable<OperatorCase> All =>
    [
        .. Binary("Where(Greater(a, b), 1, 0)", hasGradient: false),
        new("Where(Greater(a, b), 1, 0)", "B, T", Whole("a", "B, T"), Whole("b", "T")) { HasGradient = false,
            CanBeHalved = false },
        new("Where(Greater(a, b), 1, 0)", "B, T", Integers("a", "B, 1", 4),
            Integers("b", "T", 4)) { HasGradient = false },
        new("Where(a > b, 1, 0)", "B, T", Whole("a", "B, T"), Whole("b", "T")) { HasGradient = false,
            CanBeHalved = false },
        new("Where(a > b, 1, 0)", "B, T", Integers("a", "B, 1", 4), Integers("b", "T", 4)) { HasGradient = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyCondition("Where(Greater(a, b), 1, 0)");
}
