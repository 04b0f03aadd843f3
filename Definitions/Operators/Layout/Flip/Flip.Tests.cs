using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Each axis, several at once, and one of length 1.</summary>
public sealed class FlipCases() : OperatorCases(nameof(Flip))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Flip(x, 0)", "N", Real("x", "N")) { Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Flip(x, 0)", "B, T", Real("x", "B, T")),
        new("Flip(x, -1)", "B, T", Real("x", "B, T")),
        new("Flip(x, 1)", "3, T, 5", Real("x", "3, T, 5")),
        new("Flip(x, 0, 2)", "B, T, 3", Real("x", "B, T, 3")),
        new("x + Flip(x.T, 0).T", "B, T", Real("x", "B, T")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Int[0, 11], (s, other) =>
        {
            int second = other % s.Axes.Length;
            return new OperatorCase($"Flip(x, {s.Written}{(second == s.Axis ? "" : $", {second}")})",
                AnyShape.Text(s.Axes), Real("x", AnyShape.Text(s.Axes)));
        });
}
