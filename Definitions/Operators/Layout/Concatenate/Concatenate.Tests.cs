using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Two and three parts along every axis.</summary>
public sealed class ConcatenateCases() : OperatorCases(nameof(Concatenate))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Concatenate(0, a, b)", "B + 3, 5", Real("a", "B, 5"), Real("b", "3, 5")),
        new("Concatenate(-1, a, b)", "N, 50", Real("a", "N, 17"), Real("b", "N, 33")),
        new("Concatenate(1, a, b, a)", "2, 2 * T + 4, 6", Real("a", "2, T, 6"), Real("b", "2, 4, 6")),
        new("Concatenate(0, a, b)", "B + T", Real("a", "B"), Real("b", "T")),
        new("Concatenate(0, a)", "N", Real("a", "N")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.OneOf(1, 2, 15, 16, 17).Array[0, 3], (s, others) =>
    {
        string[] lengths = [s.Axes[s.Axis], .. others.Select(o => $"{o}")];
        CaseInput[] parts = [.. lengths.Select(
            (length, i) => Real($"{"abcd"[i]}", AnyShape.Text(AnyShape.With(s.Axes, s.Axis, length))))];
        return new OperatorCase($"Concatenate({s.Written}, {string.Join(", ", parts.Select(p => p.Name))})",
            AnyShape.Text(AnyShape.With(s.Axes, s.Axis, string.Join(" + ", lengths))), parts);
    });
}
