using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Both sides of 0.</summary>
public sealed class SquareCases() : OperatorCases(nameof(Square))
{
    public override IEnumerable<OperatorCase> All =>
        Unary("Square(x)", -2, 2);

    public override Gen<OperatorCase> Any =>
        AnyUnary("Square(x)", -2, 2);
}
