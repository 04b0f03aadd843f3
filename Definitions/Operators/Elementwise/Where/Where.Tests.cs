using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Conditions of real numbers and of integers, broadcast against both choices.</summary>
public sealed class WhereCases() : OperatorCases(nameof(Where))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Where(Less(a, b), a, 3 * b)", "N", Real("a", "N"),
            Real("b", "N")) { Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Where(Less(c, d), a, b)", "B, T", Real("a", "B, T"), Real("b", "T"),
            Whole("c", "B, 1"), Whole("d", "T")) { CanBeHalved = false },
        new("Where(Equal(c, d), a, 0)", "B, 3, T", Real("a", "3, 1"), Integers("c", "B, 1, T", 3),
            Integers("d", "T", 3)),
        new("Where(x > 0, x, 0.01 * x)", "5, 17", Real("x", "5, 17")) { Error = 1e-7, Scale = "y" },
    ];

    public override Gen<OperatorCase> Any => AnyShape.Broadcast(4).Select(s =>
        new OperatorCase("Where(Less(c, d), a, b)", s[0], Real("a", s[1]), Real("b", s[2]), Whole("c", s[3]),
            Whole("d", s[4])) { CanBeHalved = false });
}
