using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>The main diagonal and others, of square and other matrices.</summary>
public sealed class TrilCases() : OperatorCases(nameof(Tril))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Tril(x)", "T, T", Real("x", "T, T")),
        new("Tril(x, 1)", "B, T", Real("x", "B, T")),
        new("Tril(x, -2)", "B, 5, 7", Real("x", "B, 5, 7")),
        new("Tril(x, 100)", "5, 17", Real("x", "5, 17")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(2, 4), Gen.Int[-3, 3], (axes, diagonal) => new OperatorCase($"Tril(x, {diagonal})",
            AnyShape.Text(axes), Real("x", AnyShape.Text(axes))));
}
