using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class ReluCases() : OperatorCases(nameof(Relu))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Relu(x)", -2, 2);
}
