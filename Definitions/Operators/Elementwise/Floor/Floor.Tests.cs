using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class FloorCases() : OperatorCases(nameof(Floor))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Floor(x)", -9, 9).Select(c => c with { HasGradient = false });

    public override Gen<OperatorCase> Any =>
        AnyUnary("Floor(x)", -9, 9).Select(c => c with { HasGradient = false });
}
