using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Layers of equal structure, of one layer, and layers that depend on their index.</summary>
public sealed class RepeatCases() : OperatorCases(nameof(Repeat), error: 1e-5, scale: "Max(Max(Abs(y), -1), -2)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        Through("Linear[] layers = Repeat(4, () => new Linear(5, 5));", 5),
        Through("Linear[] layers = Repeat(1, () => new Linear(6, 6));", 6),
        Through("LayerNorm[] layers = Repeat(3, () => new LayerNorm(7));", 7),
        Through("Linear[] layers = Repeat(3, i => new Linear(4, 4));", 4),
        Through("LayerNorm[] layers = Repeat(5, i => new LayerNorm(4, epsilon: 0.1 + i % 2));", 4),
        Through("LayerNorm[] layers = Repeat(4, i => new LayerNorm(5, epsilon: i == 1 ? 0.1 : 0.2));", 5),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.Int[1, 5], Gen.OneOf(1, 3, 15, 16, 17), Gen.Int[0, 3], AnyShape.OfRank(1, 2),
        (count, width, form, rows) => new OperatorCase("Apply(x)", $"{AnyShape.Text(rows)}, {width}",
        Real("x", $"{AnyShape.Text(rows)}, {width}"))
    {
        Members = $$"""
            readonly Linear[] layers = Repeat({{count}}, () => new Linear({{width}}, {{width}}));
                readonly Tensor[] gains = [Parameter.Normal(1, {{width}})];

                Tensor Apply(Tensor x)
                {
                    Tensor start = x, sum = x;
                    {{form switch
                    {
                        0 => "foreach (var layer in layers) x = Tanh(layer.Forward(x)) + 0.5 * start;",
                        1 => "for (int i = layers.Length - 1; i >= 0; i--) " +
                            "{ x = Tanh(layers[i].Forward(x) * gains[0]); sum += x; }",
                        2 => "foreach (var a in layers) foreach (var b in layers) " +
                            "(x, sum) = (Tanh(b.Forward(x)), 0.5 * sum + x * a.Bias);",
                        _ => "foreach (var layer in layers) { " +
                            "for (int i = 0; i < 2; i++) x = Tanh(layer.Forward(x)); " +
                            "sum = 0.5 * (sum + Tanh(MatMul(x, layer.Weight.T))); }",
                    }}}
                    return x + 0.25 * sum + gains[0];
                }
            """,
    });

    static OperatorCase Through(string layers, int width) => new("Apply(x)", $"N, {width}", Real("x", $"N, {width}"))
    {
        Members = $$"""
            readonly {{layers}}

                Tensor Apply(Tensor x)
                {
                    foreach (var layer in layers) x += Tanh(layer.Forward(x));
                    return x;
                }
            """,
    };
}
