using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Errors below and above delta.</summary>
public sealed class HuberCases() : OperatorCases(nameof(Huber), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Huber(prediction, target, 0.5)", "", Real("prediction", "N", -1, 1),
            Real("target", "N", -1, 1)),
        new("Huber(prediction, target, 0.5)", "", Real("prediction", "B, T", -1, 1),
            Real("target", "B, T", -1, 1)),
        new("Huber(prediction, target, 0.5)", "", Real("prediction", "N, 3, 5", -1, 1),
            Real("target", "N, 3, 5", -1, 1)) { Lengths = [1, 17, 300] },
        new("Huber(prediction, target)", "", Real("prediction", "B, T", -3, 3), Real("target", "B, T", -1, 1)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("Huber(prediction, target, 0.5)", "", Real("prediction", AnyShape.Text(s), -1, 1),
            Real("target", AnyShape.Text(s), -1, 1)));
}
