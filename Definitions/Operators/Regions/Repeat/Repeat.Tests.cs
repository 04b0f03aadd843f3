using System.Collections.Generic;

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
