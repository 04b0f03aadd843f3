using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rules that are the derivative, so that central differences apply: of one input and of two that broadcast.</summary>
public sealed class WithGradientCases() : OperatorCases(nameof(WithGradient), error: 5e-7, scale: "4")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("WithGradient(x * x, dy => [2 * x * dy], x)", "B, 5", Real("x", "B, 5")),
        new("WithGradient(Tanh(x), dy => [dy * (1 - Tanh(x) * Tanh(x))], x)", "B, T", Real("x", "B, T")),
        new("WithGradient(x * w, dy => [dy * w, Reshape(Sum(dy * x, 0), w.Shape)], x, w)", "B, 7", Real("x", "B, 7"),
            Real("w", "7")),
        new("Sum(WithGradient(x.T, dy => [dy.T], x), -1)", "5, 1", Real("x", "B, 5")) { Scale = "2 * (int)x.Shape[0]" },
    ];

    public override Gen<OperatorCase> Any => AnyShape.OfRank(1, 4).Select(axes => new OperatorCase(
        "WithGradient(x * Tanh(x), dy => [dy * (Tanh(x) + x * (1 - Tanh(x) * Tanh(x)))], x)", AnyShape.Text(axes),
        Real("x", AnyShape.Text(axes))));
}
