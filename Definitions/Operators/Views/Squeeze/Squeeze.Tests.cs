using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>The first, a middle and the last axis, and what a reduction leaves.</summary>
public sealed class SqueezeCases() : OperatorCases(nameof(Squeeze))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Squeeze(x, 0)", "T", Real("x", "1, T")),
        new("Squeeze(x, 1)", "B, T", Real("x", "B, 1, T")),
        new("Squeeze(x, -1)", "B, T", Real("x", "B, T, 1")),
        new("Squeeze(Sum(x, 1), 1)", "B, 5", Real("x", "B, T, 5")) { Error = 1e-5, Scale = "10" },
        new("Squeeze(x, 0)", "", Real("x", "1")),
    ];

    public override Gen<OperatorCase> Any =>
        AnyShape.WithAxis(1, 3).Select(s => new OperatorCase($"Squeeze(Slice(x, {s.Written}, 0, 1), {s.Written})",
            AnyShape.Text(s.Axes.Where((_, a) => a != s.Axis)), Real("x", AnyShape.Text(s.Axes))));
}
