using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Along each axis and along both.</summary>
public sealed class TileCases() : OperatorCases(nameof(Tile))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Tile(x, 3)", "3 * N", Real("x", "N")),
        new("Tile(x, 2, 1)", "2 * B, T", Real("x", "B, T")),
        new("Tile(x, 1, 3)", "B, 3 * T", Real("x", "B, T")),
        new("Tile(x, 2, 3)", "2 * B, 15", Real("x", "B, 5")),
        new("Tile(x, 1, 1)", "B, T", Real("x", "B, T")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), Gen.OneOf(1, 2, 3).Array[3], (axes, counts) => new OperatorCase(
            $"Tile(x, {string.Join(", ", counts.Take(axes.Length))})",
            AnyShape.Text(axes.Select((a, i) => $"{counts[i]} * {a}")), Real("x", AnyShape.Text(axes))));
}
