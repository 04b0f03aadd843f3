using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Labels in one and two axes; one class; as factor of a product.</summary>
public sealed class OneHotCases() : OperatorCases(nameof(OneHot))
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("OneHot(labels, 10)", "N, 10", Integers("labels", "N", 10)) { HasGradient = false },
        new("OneHot(labels, 17)", "B, T, 17", Integers("labels", "B, T", 17)) { HasGradient = false },
        new("OneHot(labels, 1)", "N, 1", Integers("labels", "N", 1)) { HasGradient = false },
        new("MatMul(OneHot(labels, 7), x)", "N, 5", Integers("labels", "N", 7), Real("x", "7, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 3), AnyShape.Length, (axes, classes) => new OperatorCase($"OneHot(labels, {classes})",
            $"{AnyShape.Text(axes)}, {classes}", Integers("labels", AnyShape.Text(axes), classes)) { HasGradient = false });
}
