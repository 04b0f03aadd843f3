using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>One, two and three parts; before, between and behind their axes.</summary>
public sealed class StackCases() : OperatorCases(nameof(Stack))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Stack(0, a, b)", "2, B, 5", Real("a", "B, 5"), Real("b", "B, 5")),
        new("Stack(1, a, b, a)", "B, 3, T", Real("a", "B, T"), Real("b", "B, T")),
        new("Stack(-1, a, b)", "N, 2", Real("a", "N"), Real("b", "N")),
        new("Stack(0, a)", "1, N", Real("a", "N")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), Gen.Int[0, 11], Gen.Int[1, 3], Gen.Bool, (axes, k, count, isNegative) =>
        {
            int axis = k % (axes.Length + 1);
            CaseInput[] parts = [.. Enumerable.Range(0, count).Select(i => Real($"{"abc"[i]}", AnyShape.Text(axes)))];
            return new OperatorCase(
                $"Stack({(isNegative ? axis - axes.Length - 1 : axis)}, {string.Join(", ", parts.Select(p => p.Name))})",
                AnyShape.Text([.. axes.Take(axis), $"{count}", .. axes.Skip(axis)]), parts);
        });
}
