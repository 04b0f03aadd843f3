using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Before, between and behind the axes.</summary>
public sealed class UnsqueezeCases() : OperatorCases(nameof(Unsqueeze))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Unsqueeze(x, 0)", "1, B, T", Real("x", "B, T")),
        new("Unsqueeze(x, 1)", "B, 1, T", Real("x", "B, T")),
        new("Unsqueeze(x, -1)", "B, T, 1", Real("x", "B, T")),
        new("x * Unsqueeze(other, -1)", "B, T", Real("x", "B, T"), Real("other", "B")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), Gen.Int[0, 11], Gen.Bool, (axes, k, isNegative) =>
        {
            int axis = k % (axes.Length + 1);
            return new OperatorCase($"Unsqueeze(x, {(isNegative ? axis - axes.Length - 1 : axis)})",
                AnyShape.Text([.. axes.Take(axis), "1", .. axes.Skip(axis)]), Real("x", AnyShape.Text(axes)));
        });
}
