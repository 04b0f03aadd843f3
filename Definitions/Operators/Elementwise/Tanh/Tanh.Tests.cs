using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of where the polynomial ends.</summary>
public sealed class TanhCases() : OperatorCases(nameof(Tanh), error: 5e-7, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Tanh(x)", -6, 6);

    public override Gen<OperatorCase> Any => AnyUnary("Tanh(x)", -6, 6);
}
