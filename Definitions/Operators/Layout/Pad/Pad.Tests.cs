using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Before, behind, and on both sides, of every axis.</summary>
public sealed class PadCases() : OperatorCases(nameof(Pad))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Pad(x, 0, 1, x.Length(0) + 1)", "N + 1", Real("x", "N")),
        new("Pad(x, 0, 0, x.Length(0) + 2)", "B + 2, T", Real("x", "B, T")),
        new("Pad(x, 1, 2, 20)", "N, 20", Real("x", "N, 17")),
        new("Pad(x, 1, 1, x.Length(1) + 3)", "3, T + 3, 5", Real("x", "3, T, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.WithAxis(1, 4), Gen.Int[0, 5], Gen.Int[0, 5], (s, before, behind) => new OperatorCase(
        $"Pad(x, {s.Written}, {before}, x.Length({s.Written}) + {before + behind})",
            AnyShape.Text(AnyShape.With(s.Axes, s.Axis, $"{s.Axes[s.Axis]} + {before + behind}")),
        Real("x", AnyShape.Text(s.Axes))));
}
