using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>All axes, the inner ones, the outer ones.</summary>
public sealed class FlattenCases() : OperatorCases(nameof(Flatten))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Flatten(x)", "B * T", Real("x", "B, T")),
        new("Flatten(x, 1)", "B, 3 * T", Real("x", "B, 3, T")),
        new("Flatten(x, 0, -2)", "B * T, 5", Real("x", "B, T, 5")),
        new("Flatten(x, -1, 2)", "3, B, 5", Real("x", "3, B, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Int[0, 11], Gen.Int[0, 11], (axes, a, b) =>
        {
            int first = System.Math.Min(a % axes.Length, b % axes.Length);
            int last = System.Math.Max(a % axes.Length, b % axes.Length);
            return new OperatorCase($"Flatten(x, {first}, {last - axes.Length})", AnyShape.Text([.. axes.Take(first),
                string.Join(" * ", axes[first..(last + 1)]), .. axes.Skip(last + 1)]), Real("x", AnyShape.Text(axes)));
        });
}
