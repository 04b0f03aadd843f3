using System.Collections.Generic;

namespace ModelCompiler.Tests.Operators;

/// <summary>Constant lengths and dims.</summary>
public sealed class RangeCases() : OperatorCases(nameof(Range))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Cast(Range(x.Length(0)))", "N", Real("x", "N")) { HasGradient = false,
            Lengths = [.. OperatorCase.OddLengths, Many] },
        new("Cast(Range(17)) + x", "B, 17", Real("x", "B, 17")),
        new("Gather(x, Range(x.Length(0)))", "N, 5", Real("x", "N, 5")),
    ];
}
