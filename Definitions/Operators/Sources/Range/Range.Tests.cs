using System.Collections.Generic;
using System.Linq;
using CsCheck;

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

    public override Gen<OperatorCase> Any => AnyShape.WithAxis(1, 3).Select(s => new OperatorCase(
        $"x + Cast(Range(x.Length({s.Written})))" +
        $".Reshape({AnyShape.Text(s.Axes.Select((_, a) => a == s.Axis ? $"x.Length({a})" : "1"))})",
        AnyShape.Text(s.Axes), Real("x", AnyShape.Text(s.Axes))));
}
