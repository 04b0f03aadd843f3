using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Alone, in a sum, in other orders of axes, reduced, and several calls in one body.</summary>
public sealed class RandomUniformCases() : OperatorCases(nameof(RandomUniform), error: 0, scale: "1")
{
    public override IEnumerable<OperatorCase> All =>
    [.. ((OperatorCase[])[
        new("RandomUniform(x.Shape)", "N", Real("x", "N")) { HasGradient = false },
        new("x + RandomUniform(x.Shape)", "B, T, 5", Real("x", "B, T, 5")),
        new("x * RandomUniform(x.Shape) * RandomUniform(x.Shape)", "B, 33", Real("x", "B, 33")),
        new("x * RandomUniform(new Shape(x.Length(0), 1))", "B, 17", Real("x", "B, 17")),
        new("x * RandomUniform(new Shape(17))", "B, 17", Real("x", "B, 17")),
        new("Permute(x * RandomUniform(x.Shape), 2, 0, 1)", "5, B, T", Real("x", "B, T, 5")),
        new("Permute(x, 1, 0) * RandomUniform(new Shape(7, x.Length(0)))", "7, B", Real("x", "B, 7")),
        new("x.T * RandomUniform(x.Shape).T", "7, B", Real("x", "B, 7")),
        new("Sum(x * RandomUniform(x.Shape), 0)", "1, 20", Real("x", "B, 20")) { Error = 1e-6, Scale = "16" },
        new("Sum(x * RandomUniform(x.Shape), -1)", "B, 1", Real("x", "B, 20")) { Error = 1e-6, Scale = "4" },
        new("MatMul(x, w) * RandomUniform(new Shape(x.Length(0), 20))", "B, 20", Real("x", "B, 9"), Real("w", "9, 20"))
            { Error = 1e-6, Scale = "9" },
    ]).Select(c => c with { HasModes = true, Error = c.Error ?? 2e-7 })];

    public override Gen<OperatorCase> Any => AnyShape.OfRank(1, 4).Select(axes =>
        new OperatorCase("x * RandomUniform(x.Shape) + RandomUniform(x.Shape)", AnyShape.Text(axes),
            Real("x", AnyShape.Text(axes))) { HasModes = true, Error = 2e-7 });
}
