using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Layers of a loop over a state of one and of several rows.</summary>
public sealed class FoldCases() : OperatorCases(nameof(Fold), error: 1e-5, scale: "Max(Max(Abs(y), -1), -2)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Fold(layers, x, (layer, state) => Tanh(layer.Forward(state)))", "N, 5", Real("x", "N, 5"))
        {
            Members = "readonly Linear[] layers = Repeat(3, () => new Linear(5, 5));",
        },
        new("Fold(layers, x, (layer, state) => state + layer.Forward(state) * x)", "B, T, 6", Real("x", "B, T, 6"))
        {
            Members = "readonly Linear[] layers = Repeat(2, () => new Linear(6, 6));",
        },
        new("Fold(layers, x, (layer, state) => Tanh(layer.Forward(state)))", "N, 5", Real("x", "N, 5"))
        {
            Members = "readonly LayerNorm[] layers = Repeat(7, i => new LayerNorm(5, epsilon: i % 3 == 2 ? 0.1 : " +
                "0.2));",
        },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.Int[1, 5], Gen.OneOf(1, 3, 15, 16, 17), AnyShape.OfRank(1, 2), Gen.Bool,
        (count, width, rows, isNested) => new OperatorCase(
        isNested ? "Fold(layers, x, (layer, state) => Fold(others, state, (inner, s) => 0.5 * Tanh(inner.Forward(s)) " +
            "+ layer.Bias))"
            : "Fold(layers, x, (layer, state) => Tanh(layer.Forward(state)) + 0.5 * x)",
        $"{AnyShape.Text(rows)}, {width}", Real("x", $"{AnyShape.Text(rows)}, {width}"))
        {
            Members = $"readonly Linear[] layers = Repeat({count}, () => new Linear({width}, " +
                $"{width})){(isNested ? $", others = Repeat(2, () => new Linear({width}, {width}))" : "")};",
        });
}
