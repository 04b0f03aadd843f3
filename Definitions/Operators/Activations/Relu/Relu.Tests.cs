using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class ReluCases() : OperatorCases(nameof(Relu))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Relu(x)", -2, 2);

    public override Gen<OperatorCase> Any => AnyUnary("Relu(x)", -2, 2);
}
