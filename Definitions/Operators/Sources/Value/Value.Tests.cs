using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Constant lengths, dims, and a polynomial of dims.</summary>
public sealed class ValueCases() : OperatorCases(nameof(Value))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("x * Value(x.Length(0))", "N", Real("x", "N")),
        new("x + Value(x.Length(1))", "3, 5", Real("x", "3, 5")),
        new("x * Value(x.Length(0) * x.Length(1))", "B, T", Real("x", "B, T")),
        new("x * Value(x.Length(0) / 4)", "N", Real("x", "N")) { Lengths = [4, 16, 20, 72], Multiple = 4 },
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.WithAxis(1, 3)
        .Select(s => new OperatorCase($"x * Value(x.Length({s.Written}))", AnyShape.Text(s.Axes),
        Real("x", AnyShape.Text(s.Axes))));
}
