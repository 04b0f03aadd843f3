using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Errors on one side: at 0 there is a kink.</summary>
public sealed class MeanAbsoluteErrorCases() : OperatorCases(nameof(MeanAbsoluteError), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MeanAbsoluteError(prediction, target)", "", Real("prediction", "N", 2, 4),
            Real("target", "N", -1, 1.99)),
        new("MeanAbsoluteError(prediction, target)", "", Real("prediction", "B, T", 2, 4),
            Real("target", "B, T", -1, 1.99)),
        new("MeanAbsoluteError(prediction, target)", "", Real("prediction", "N, 3, 5", 2, 4),
            Real("target", "N, 3, 5", -1, 1.99)) { Lengths = [1, 17, 300] },
        new("MeanAbsoluteError(prediction, target)", "", Real("prediction", "N", -9, -3), Real("target", "N", -2, 2)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("MeanAbsoluteError(prediction, target)", "", Real("prediction", AnyShape.Text(s), 2, 4),
            Real("target", AnyShape.Text(s), -1, 1.99)));
}
