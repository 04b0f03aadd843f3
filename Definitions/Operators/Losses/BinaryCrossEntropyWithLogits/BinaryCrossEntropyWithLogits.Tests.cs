using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Logits out to where the odds are certain.</summary>
public sealed class BinaryCrossEntropyWithLogitsCases() : OperatorCases(nameof(BinaryCrossEntropyWithLogits), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("BinaryCrossEntropyWithLogits(logits, targets)", "", Real("logits", "N", -15, 15),
            Real("targets", "N", 0, 1)),
        new("BinaryCrossEntropyWithLogits(logits, targets)", "", Real("logits", "B, T", -15, 15),
            Real("targets", "B, T", 0, 1)),
        new("BinaryCrossEntropyWithLogits(logits, targets)", "", Real("logits", "N, 3, 5", -15, 15),
            Real("targets", "N, 3, 5", 0, 1)) { Lengths = [1, 17, 300] },
        new("BinaryCrossEntropyWithLogits(logits, targets)", "", Whole("logits", "N", 20, 60), Whole("targets", "N", 0, 2))
            { HasGradient = false, CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("BinaryCrossEntropyWithLogits(logits, targets)", "", Real("logits", AnyShape.Text(s), -15, 15),
            Real("targets", AnyShape.Text(s), 0, 1)));
}
