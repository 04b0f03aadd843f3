using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>The first, the middle and the last stretch of the outermost, a middle and the innermost axis.</summary>
public sealed class SliceCases() : OperatorCases(nameof(Slice))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Slice(x, 0, 0, 3)", "3, T", Real("x", "7, T")),
        new("Slice(x, 1, 2, 17)", "N, 17", Real("x", "N, 33")),
        new("Slice(x, -1, 1, 5)", "B, 3, 5", Real("x", "B, 3, 6")),
        new("Slice(x, 1, 0, other.Length(0))", "B, T", Real("x", "B, 70"), Real("other", "T")) { HasGradient = false },
        new("Slice(x, 1, 0, other.Length(0)) * other", "B, T", Real("x", "B, 70"), Real("other", "T")),
        new("Slice(x, 0, x.Length(0) - 1, 1)", "1, 5", Real("x", "N, 5")),
        new("x[2]", "N", Real("x", "4, N")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Int[0, 70], Gen.Int[0, 70], (s, start, length) =>
    {
        int size = AnyShape.SizeOf(s.Axes[s.Axis]), from = start % size, count = 1 + length % (size - from);
        // Of a dim only the last and all can be told to be there.
        (string stretch, string result) = !AnyShape.IsDim(s.Axes[s.Axis]) ? ($"{from}, {count}", $"{count}")
            : start % 2 == 0 ? ($"x.Length({s.Written}) - 1, 1", "1") : ($"0, x.Length({s.Written})", s.Axes[s.Axis]);
        return new OperatorCase($"Slice(x, {s.Written}, {stretch})",
            AnyShape.Text(AnyShape.With(s.Axes, s.Axis, result)), Real("x", AnyShape.Text(s.Axes)));
    });
}
