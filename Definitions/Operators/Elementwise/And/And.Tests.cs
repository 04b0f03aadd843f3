using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Conditions on numbers, some of them equal, of equal shapes and broadcast; seen through a choice.</summary>
public sealed class AndCases() : OperatorCases(nameof(And))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Where(And(Less(a, b), a > 0), 1, 0)", "N", Whole("a", "N"), Whole("b", "N")) { HasGradient = false,
            CanBeHalved = false, Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Where(And(Equal(c, d), Less(a, b)), a, b)", "B, T", Real("a", "B, T"), Real("b", "T"),
            Integers("c", "B, 1", 3), Integers("d", "T", 3)),
        new("Where((a > 0) & (a < 1), a, 0.5 * a)", "5, 17", Real("a", "5, 17")) { Error = 1e-7, Scale = "1" },
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.Broadcast(4).Select(s => new OperatorCase("Where(And(Less(a, b), Equal(c, d)), 1, 0)", s[0],
            Whole("a", s[1]), Whole("b", s[2]), Whole("c", s[3]), Whole("d", s[4])) { HasGradient = false, CanBeHalved = false });
}
