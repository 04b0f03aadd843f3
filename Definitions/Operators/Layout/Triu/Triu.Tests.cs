using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>The main diagonal and others, of square and other matrices.</summary>
public sealed class TriuCases() : OperatorCases(nameof(Triu))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Triu(x)", "T, T", Real("x", "T, T")),
        new("Triu(x, 1)", "B, T", Real("x", "B, T")),
        new("Triu(x, -2)", "B, 5, 7", Real("x", "B, 5, 7")),
        new("Triu(x, 100)", "5, 17", Real("x", "5, 17")) { HasGradient = false },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(2, 4), Gen.Int[-3, 3], (axes, diagonal) => new OperatorCase($"Triu(x, {diagonal})",
            AnyShape.Text(axes), Real("x", AnyShape.Text(axes))));
}
