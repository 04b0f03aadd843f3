using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Errors of both signs.</summary>
public sealed class MeanSquaredErrorCases() : OperatorCases(nameof(MeanSquaredError), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MeanSquaredError(prediction, target)", "", Real("prediction", "N", -2, 2),
            Real("target", "N", -2, 2)),
        new("MeanSquaredError(prediction, target)", "", Real("prediction", "B, T", -2, 2),
            Real("target", "B, T", -2, 2)),
        new("MeanSquaredError(prediction, target)", "", Real("prediction", "N, 3, 5", -2, 2),
            Real("target", "N, 3, 5", -2, 2)) { Lengths = [1, 17, 300] },
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("MeanSquaredError(prediction, target)", "", Real("prediction", AnyShape.Text(s), -2, 2),
            Real("target", AnyShape.Text(s), -2, 2)));
}
