using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Every order of three axes but the given one, and the exchange of heads and time.</summary>
public sealed class PermuteCases() : OperatorCases(nameof(Permute))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("x.T", "T, B", Real("x", "B, T")),
        new("Permute(x, 0, 2, 1)", "B, T, 3", Real("x", "B, 3, T")),
        new("Permute(x, 1, 0, 2)", "3, B, T", Real("x", "B, 3, T")),
        new("Permute(x, 1, 2, 0)", "3, T, B", Real("x", "B, 3, T")),
        new("Permute(x, 2, 0, 1)", "T, B, 3", Real("x", "B, 3, T")),
        new("Permute(x, 2, 1, 0)", "7, 5, 3", Real("x", "3, 5, 7")),
        new("Permute(x, 0, 2, 1, 3)", "2, 3, T, 5", Real("x", "2, T, 3, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(4, 4), Gen.Int[1, 4], AnyShape.Order(4), (all, rank, keys) =>
    {
        string[] axes = all[..rank];
        int[] order = [.. keys.Where(k => k < rank)];
        return new OperatorCase($"Permute(x, {string.Join(", ", order)})", AnyShape.Text(order.Select(k => axes[k])),
            Real("x", AnyShape.Text(axes)));
    });
}
