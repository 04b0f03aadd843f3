using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Out to where the result is 0 or 1 up to rounding.</summary>
public sealed class SigmoidCases() : OperatorCases(nameof(Sigmoid), error: 1e-6, scale: "1")
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Sigmoid(x)", -12, 12);

    public override Gen<OperatorCase> Any => AnyUnary("Sigmoid(x)", -12, 12);
}
