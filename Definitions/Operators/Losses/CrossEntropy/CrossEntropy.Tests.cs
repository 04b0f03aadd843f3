using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>One row, odd rows in one and two axes, one class, many classes.</summary>
public sealed class CrossEntropyCases() : OperatorCases(nameof(CrossEntropy), error: 2e-6, scale: "y")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("CrossEntropy(logits, targets)", "", Real("logits", "N, 10"), Integers("targets", "N", 10)),
        new("CrossEntropy(logits, targets)", "", Real("logits", "B, T, 17"), Integers("targets", "B, T", 17)),
        new("CrossEntropy(logits, targets)", "", Real("logits", "N, 300", -5, 5),
            Integers("targets", "N", 300)) { Lengths = [1, 17, 300] },
        new("CrossEntropy(logits, targets, -1)", "", Real("logits", "N, 10"), Integers("targets", "N", 10)) { Error = 4e-6 },
        new("CrossEntropy(logits, targets, ignoredIndex: 10)", "", Real("logits", "N, 10"),
            Integers("targets", "N", 11)) { Error = 4e-6, Scale = "1 + y" },
        new("CrossEntropy(logits, targets, labelSmoothing: 0.1)", "", Real("logits", "B, T, 17"),
            Integers("targets", "B, T", 17)) { Error = 4e-6 },
        new("CrossEntropy(logits, targets, classWeights: weights)", "", Real("logits", "N, 10"),
            Integers("targets", "N", 10), Real("weights", "10", 0.5, 2)) { Error = 4e-6 },
        new("CrossEntropy(logits, targets, 7, 0.2, weights)", "", Real("logits", "B, T, 7"),
            Integers("targets", "B, T", 8), Real("weights", "7", 0.5, 2)) { Error = 4e-6, Scale = "1 + y" },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 2), AnyShape.Length, (rows, classes) => new OperatorCase(
        "CrossEntropy(logits, targets)", "", Real("logits", $"{AnyShape.Text(rows)}, {classes}"),
            Integers("targets", AnyShape.Text(rows), classes))
        {
            // Of one class the loss is 0 and what is left is rounding.
            Scale = "1 + y",
        });
}
