using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Several rates, calls one after the other, and rate 0.</summary>
public sealed class DropoutCases() : OperatorCases(nameof(Dropout), error: 2e-7, scale: "1")
{
    public override IEnumerable<OperatorCase> All =>
    [.. ((OperatorCase[])[
        new("Dropout(x, 0.5)", "N", Real("x", "N")),
        new("Dropout(x, 0)", "B, 5", Real("x", "B, 5")),
        new("Dropout(Dropout(x, 0.25), 0.25)", "B, T, 17", Real("x", "B, T, 17")),
        new("Dropout(x, 0.1).T", "17, B", Real("x", "B, 17")),
        new("MatMul(Dropout(x, 0.3), w)", "B, 4", Real("x", "B, 9"), Real("w", "9, 4")) { Error = 1e-6, Scale = "9" },
        new("Dropout(MatMul(x, w), 0.3)", "B, 20", Real("x", "B, 9"), Real("w", "9, 20")) { Error = 1e-6, Scale = "9" },
        new("Dropout(Softmax(x), 0.1)", "B, T", Real("x", "B, T")) { Error = 1e-6 },
    ]).Select(c => c with { HasModes = true })];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.OfRank(1, 4), Gen.Int[0, 9], (axes, tenths) => new OperatorCase(
            string.Create(CultureInfo.InvariantCulture, $"Dropout(x, {tenths / 10.0})"), AnyShape.Text(axes),
            Real("x", AnyShape.Text(axes))) { Scale = "10", HasModes = true });
}
