using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>The numbers pass; of the two factors only one has a gradient.</summary>
public sealed class DetachCases() : OperatorCases(nameof(Detach))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("x * Detach(x)", "N", Real("x", "N")) { HasGradient = false },
        new("Detach(x)", "B, T", Real("x", "B, T")) { HasGradient = false },
        new("3 * a + Detach(b)", "5, 17", Real("a", "5, 17"), Whole("b", "5, 17")) { CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any => AnyShape.Broadcast(2).Select(shapes =>
        new OperatorCase("a + Detach(b)", shapes[0], Real("a", shapes[1]),
            Whole("b", shapes[2])) { CanBeHalved = false });
}
