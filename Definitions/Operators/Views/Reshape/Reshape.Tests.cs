using System.Collections.Generic;
using System.Linq;
using CsCheck;

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

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Bool.Array[4], Gen.Int[0, 4], AnyShape.Order(4), Gen.Bool,
        (axes, joined, one, keys, isMoved) =>
    {
        // Axes moved first lie apart in memory: the reshape then has to copy.
        int[] order = isMoved ? [.. keys.Where(k => k < axes.Length)] : [.. Enumerable.Range(0, axes.Length)];
        var lengths = new List<string>();
        var result = new List<string>();
        for (int i = 0; i < order.Length; i++)
            if (i > 0 && joined[i]) (lengths[^1], result[^1]) =
                ($"{lengths[^1]} * x.Length({order[i]})", $"{result[^1]} * {axes[order[i]]}");
            else
            {
                lengths.Add($"x.Length({order[i]})");
                result.Add(axes[order[i]]);
            }
        int place = one % (result.Count + 1);
        lengths.Insert(place, "1");
        result.Insert(place, "1");
        string moved = isMoved ? $"Permute(x, {string.Join(", ", order)})" : "x";
        return new OperatorCase($"{moved}.Reshape({string.Join(", ", lengths)})", AnyShape.Text(result),
            Real("x", AnyShape.Text(axes)));
    });
}
