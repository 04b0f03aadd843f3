using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Margins met and missed.</summary>
public sealed class HingeCases() : OperatorCases(nameof(Hinge), error: 2e-6, scale: "1 + Mean(Abs(prediction * target))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Hinge(prediction, target)", "", Real("prediction", "N", -2, 2),
            Real("target", "N", -0.3, 0.3)),
        new("Hinge(prediction, target)", "", Real("prediction", "B, T", -2, 2),
            Real("target", "B, T", -0.3, 0.3)),
        new("Hinge(prediction, target)", "", Real("prediction", "N, 3, 5", -2, 2),
            Real("target", "N, 3, 5", -0.3, 0.3)) { Lengths = [1, 17, 300] },
        new("Hinge(prediction, 2 * target)", "", Real("prediction", "N", 3, 5), Real("target", "N", -2, 2)),
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("Hinge(prediction, target)", "", Real("prediction", AnyShape.Text(s), -2, 2),
            Real("target", AnyShape.Text(s), -0.3, 0.3)));
}
