using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Two and three parts of the outermost, a middle and the innermost axis.</summary>
public sealed class SplitCases() : OperatorCases(nameof(Split))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Split(x, 0, 2, 5)[1]", "5, T", Real("x", "7, T")),
        new("Split(x, -1, 17, 15, 1)[0] * Split(x, -1, 15, 17, 1)[1]", "N, 17", Real("x", "N, 33")),
        new("Split(x, 1, 3, x.Length(1) - 3)[0]", "B, 3, 5", Real("x", "B, 20, 5")),
        new("Split(x, 0, x.Length(0))[0]", "N", Real("x", "N")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Int[0, 70], Gen.Int[0, 1], (s, cut, which) =>
        {
            string length = s.Axes[s.Axis];
            if (AnyShape.IsDim(length) || length == "1")
                return new OperatorCase($"Split(x, {s.Written}, x.Length({s.Written}))[0]", AnyShape.Text(s.Axes),
                    Real("x", AnyShape.Text(s.Axes)));
            int size = AnyShape.SizeOf(length), first = 1 + cut % (size - 1);
            string part = $"{(which == 0 ? first : size - first)}";
            return new OperatorCase($"Split(x, {s.Written}, {first}, {size - first})[{which}]",
                AnyShape.Text(AnyShape.With(s.Axes, s.Axis, part)), Real("x", AnyShape.Text(s.Axes)));
        });
}
