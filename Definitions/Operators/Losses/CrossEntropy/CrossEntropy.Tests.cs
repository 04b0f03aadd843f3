using System.Collections.Generic;

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
    ];
}
