using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Axes merged, split, added and cut anew.</summary>
public sealed class ReshapeCases() : OperatorCases(nameof(Reshape))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Reshape(x, new Shape(35))", "35", Real("x", "5, 7")),
        new("x.Reshape(x.Length(0) * x.Length(1), 6)", "B * T, 6", Real("x", "B, T, 6")),
        new("x.Reshape(x.Length(0), 3, 2)", "N, 3, 2", Real("x", "N, 6")),
        new("Sum(x.Reshape(x.Length(0) / 4, 4, 5), 0)", "1, 4, 5", Real("x", "N, 5")) { Lengths = [4, 16, 20, 72],
            Multiple = 4, Error = 1e-5, Scale = "1" },
        new("x.Reshape(1, x.Length(0), 1)", "1, N, 1", Real("x", "N")),
        new("x.Reshape(4, 9)", "4, 9", Real("x", "6, 6")),
        new("x.T.Reshape(35)", "35", Real("x", "5, 7")),
        new("x.Reshape()", "", Real("x", "1")),
    ];
}
