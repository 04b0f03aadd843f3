using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Rows that need not be distributions, in one to three axes.</summary>
public sealed class KLDivergenceCases() : OperatorCases(nameof(KLDivergence), error: 2e-6, scale: "Mean(Sum(Abs(targets * Log(targets)) + Abs(targets * logProbabilities), -1))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("KLDivergence(logProbabilities, targets)", "", Real("logProbabilities", "N", -5, -0.1),
            Real("targets", "N", 0.01, 1)),
        new("KLDivergence(logProbabilities, targets)", "", Real("logProbabilities", "B, T", -5, -0.1),
            Real("targets", "B, T", 0.01, 1)),
        new("KLDivergence(logProbabilities, targets)", "", Real("logProbabilities", "N, 3, 5", -5, -0.1),
            Real("targets", "N, 3, 5", 0.01, 1)) { Lengths = [1, 17, 300] },
        new("KLDivergence(x, Where(p > 0, p, 0))", "", Real("x", "B, T", -5, -0.1), Whole("p", "B, T", -1, 3))
            { Scale = "10", CanBeHalved = false },
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.OfRank(1, 4).Select(s => new OperatorCase("KLDivergence(logProbabilities, targets)", "", Real("logProbabilities", AnyShape.Text(s), -5, -0.1),
            Real("targets", AnyShape.Text(s), 0.01, 1)));
}
