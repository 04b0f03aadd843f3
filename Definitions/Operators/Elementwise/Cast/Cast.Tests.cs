using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Integers as they are, and as part of a sum.</summary>
public sealed class CastCases() : OperatorCases(nameof(Cast))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Cast(rows)", "N", Integers("rows", "N", 1000)) { HasGradient = false },
        new("Cast(rows)", "B, T", Integers("rows", "B, T", 16777216)) { HasGradient = false },
        new("a + Cast(rows)", "B, T", Real("a", "T"), Integers("rows", "B, 1", 100)) { CanBeHalved = false },
        new("Cast(a < b)", "B, T", Whole("a", "B, T"), Whole("b", "T")) { HasGradient = false, CanBeHalved = false },
        new("Cast(Range(a.Length(0))) * a", "N", Real("a", "N")),
    ];

    public override Gen<OperatorCase> Any => AnyShape.Broadcast(2).Select(shapes =>
        new OperatorCase("a + Cast(rows)", shapes[0], Real("a", shapes[1]),
            Integers("rows", shapes[2], 100)) { CanBeHalved = false });
}
