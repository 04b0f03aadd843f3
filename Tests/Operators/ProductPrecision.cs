using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// A precision that says how products read their operands, and a few cases of each operator that has products: every order of a matrix's
/// axes, batches, sizes that are multiples of 16 and others, every kind of convolution.
/// </summary>
public sealed class ProductPrecision
{
    /// <summary>
    /// Half of the last bit relative to the number: of tf32 with 10 bits of mantissa, bf16 with 7, E4M3 with 3 and E5M2 with 2
    /// (NVIDIA A100 white paper, 2020; Micikevicius et al., FP8 Formats for Deep Learning, 2022).
    /// </summary>
    const double TensorFloat32Unit = 1 / 2048.0, BFloat16Unit = 1 / 256.0, E4M3Unit = 1 / 16.0, E5M2Unit = 1 / 8.0;

    static readonly Lazy<ProductPrecision>[] all =
    [
        .. new[] { "Float8", "TensorFloat32" }.SelectMany(name => new[] { false, true }.Select(onCuda => new Lazy<ProductPrecision>(() => new(name, onCuda)))),
    ];

    /// <summary>Neither axis of a matrix is dense.</summary>
    const string Strided = "MatMul(Permute(a, 2, 0, 1), Permute(b, 2, 0, 1))";

    readonly CompiledCases compiled;
    readonly bool isFloat8;

    ProductPrecision(string name, bool onCuda)
    {
        isFloat8 = name == "Float8";
        compiled = new(Operators.Select(o => (o, Of(o))), name + (onCuda ? "Cuda" : ""), withNeighbours: false, onCuda, name);
    }

    static IEnumerable<OperatorCases> Operators => CompiledCases.Operators.Where(o => Names.Contains(o.Name));

    /// <summary>The operators that multiply.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["Attention", "Conv1d", "Conv2d", "Conv2dWeightGradient", "ConvTranspose1d", "ConvTranspose2d", "Einsum", "MatMul"];

    public static TheoryData<string, string> NamesAndPrecisions => new MatrixTheoryData<string, string>(Names, ["Float8", "TensorFloat32"]);

    /// <summary>Compiled once for a process.</summary>
    public static ProductPrecision Of(string precision, bool onCuda = false) => all[(precision == "Float8" ? 0 : 2) + (onCuda ? 1 : 0)].Value;

    /// <summary>The cases of an operator, each at lengths that leave a part of a vector and of a tile.</summary>
    public IEnumerable<CaseRun> Runs(string name) => compiled.Cases[name].Select(c => compiled[c].At(c.AllLengths().Last()));

    /// <summary>What each number is off by that a product reads, both operands together.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="isGradient">Whether one operand is a gradient, which has its own format in 8 bits.</param>
    public double Unit(string name, bool isGradient) => !isFloat8 ? 2 * TensorFloat32Unit
        : !IsInEightBits(name) ? 2 * BFloat16Unit
        : isGradient ? E4M3Unit + E5M2Unit : 2 * E4M3Unit;

    /// <summary>
    /// Where CUDA keeps all digits of fp32: tensor cores round to tf32, and these products are not theirs.
    /// </summary>
    public bool KeepsDigitsOnCuda(string name, CaseRun run) =>
        !isFloat8 && (name.StartsWith("Conv", StringComparison.Ordinal) || $"{run}".StartsWith(Strided, StringComparison.Ordinal));

    /// <summary>Products that have a form in 8 bits; others take bf16.</summary>
    public static bool IsInEightBits(string name) => name is "MatMul" or "Einsum";

    OperatorCase[] Of(OperatorCases @operator)
    {
        OperatorCase[] chosen = Chosen(@operator.Name, [.. @operator.All]);
        return isFloat8 && !IsInEightBits(@operator.Name) ? chosen[..1] : chosen;
    }

    static OperatorCase[] Chosen(string name, OperatorCase[] folder)
    {
        OperatorCase[] Named(params string[] parts) => [.. folder.Where(c => parts.Any(part => c.Expression.Contains(part, StringComparison.Ordinal)))];
        OperatorCase[] Shaped(params string[] shapes) => [.. folder.Where(c => shapes.Contains(c.Inputs[0].Shape))];
        return name switch
        {
            "MatMul" =>
            [
                .. folder.Where(c => c.Result == "M, N" && !c.Expression.Contains('T', StringComparison.Ordinal)), .. Named("a.T, b.T", "Permute(a"),
                new("MatMul(a, b)", "32, 48", Reals("a", "32, 64"), Reals("b", "64, 48")),
                new(Strided, "3, M, N", Reals("a", "M, K, 3"), Reals("b", "K, N, 3")),
            ],
            "Einsum" => Named("bthd,bshd", "...ij,...jk"),
            "Attention" => [.. folder[1..2], .. Named("query.T"), .. Named("keyLengths: lengths")[..1]],
            "Conv2d" => Shaped("B, 16, 8, 8", "B, 3, 11, 9", "2, 6, 6, 6", "2, 6, 6, 18"),
            "ConvTranspose2d" => Shaped("2, 3, 6, 6", "2, 4, 5, 5"),
            "Conv2dWeightGradient" => Shaped("2, 4, 6, 6"),
            _ => [.. folder.Where(c => c.Inputs[0].Shape.StartsWith("B,", StringComparison.Ordinal)).Take(1)],
        };
    }

    static CaseInput Reals(string name, string shape) => new(name, shape, -2, 2);
}
