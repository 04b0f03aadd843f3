using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows in one and two axes, equal scores, and labels that do not count.</summary>
public sealed class AccuracyCases() : OperatorCases(nameof(Accuracy), error: 1e-6)
{
    public override IEnumerable<OperatorCase> All =>
    [
        Of("Accuracy(scores, labels)", Real("scores", "N, 10"), Integers("labels", "N", 10)),
        Of("Accuracy(scores, labels)", Real("scores", "B, T, 3"), Integers("labels", "B, T", 3)),
        Of("Accuracy(scores, labels)", Whole("scores", "N, 4"), Integers("labels", "N", 4)) with { CanBeHalved = false },
        Of("Accuracy(scores, labels, ignoredIndex: 3)", Real("scores", "N, 3"), Integers("labels", "N", 4)),
    ];

    public override Gen<OperatorCase> Any => Gen.Select(AnyShape.OfRank(1, 2), AnyShape.Length, (rows, classes) =>
        Of("Accuracy(scores, labels)", Real("scores", $"{AnyShape.Text(rows)}, {classes}"), Integers("labels", AnyShape.Text(rows), classes)));

    static OperatorCase Of(string call, params CaseInput[] inputs) => new(call, "", inputs) { HasGradient = false };
}
