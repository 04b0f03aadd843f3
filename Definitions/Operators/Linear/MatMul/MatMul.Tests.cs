using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Matrices of odd sizes, every transposed operand, leading axes equal and broadcast, and sizes past one block.
/// </summary>
public sealed class MatMulCases() : OperatorCases(nameof(MatMul), error: 1e-6,
    scale: "System.Math.Sqrt((int)a.Shape[-1]) * MatMul(Sqrt(Sum(a * a, -1)), Sqrt(Sum(b * b, -2)))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("MatMul(a, b)", "1, 1", Real("a", "1, 1"), Real("b", "1, 1")),
        new("MatMul(a, b)", "M, N", Real("a", "M, K"), Real("b", "K, N")),
        new("MatMul(a, b)", "M, 48", Real("a", "M, 33"), Real("b", "33, 48")),
        new("MatMul(a, b)", "B, T, 17", Real("a", "B, T, 15"), Real("b", "15, 17")),
        new("MatMul(a, b)", "B, 5, 17", Real("a", "B, 5, K"), Real("b", "B, K, 17")),
        new("MatMul(a, b)", "B, 3, 5, 17", Real("a", "B, 1, 5, 6"), Real("b", "3, 6, 17")),
        new("MatMul(a, b)", "B, 5, 17", Real("a", "5, 6"), Real("b", "B, 6, 17")),
        new("MatMul(a, b)", "1, N", Real("a", "1, 70"), Real("b", "70, N")),
        new("MatMul(a, b)", "M, 1", Real("a", "M, 70"), Real("b", "70, 1")),
        new("MatMul(a, b)", "M, 130", Real("a", "M, 300"), Real("b", "300, 130")) { Lengths = [1, 97] },
        .. Transposed(),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Broadcast(2), AnyMatrices, Gen.Int[0, 7], (outer, m, turned) =>
    {
        string Joined(string batch, string rows, string columns) =>
            AnyShape.Text([.. CaseInput.AxesOf(batch).Take(2), rows, columns]);
        (bool isLeft, bool isRight, bool isResult) = ((turned & 1) > 0, (turned & 2) > 0, (turned & 4) > 0);
        (string a, string b) = (isLeft ? "a.T" : "a", isRight ? "b.T" : "b");
        bool isBatched = m.Batch && CaseInput.AxesOf(outer[0]).Count <= 2;
        string[] batch = isBatched ? outer : ["", "", ""];
        string t = isResult ? ".T" : "";
        return new OperatorCase($"MatMul({a}, {b}){t}", isResult ? Joined(batch[0], m.N, m.M)
            : Joined(batch[0], m.M, m.N),
            Real("a", isLeft ? Joined(batch[1], m.K, m.M) : Joined(batch[1], m.M, m.K)),
            Real("b", isRight ? Joined(batch[2], m.N, m.K) : Joined(batch[2], m.K, m.N))) { Scale =
                $"({Norms(a, b)}){t}" };
    });

    /// <summary>Rows, inner length and columns, and whether there are leading axes.</summary>
    static Gen<(string M, string K, string N, bool Batch)> AnyMatrices =>
        Gen.Select(AnySide, AnySide, AnySide, Gen.Bool);

    static Gen<string> AnySide =>
        Gen.Frequency((2, AnyShape.Length.Select(l => $"{l}")), (1, Gen.OneOf("M", "N", "T")));

    /// <summary>A transpose is a view, so each combination is a kernel of its own.</summary>
    static IEnumerable<OperatorCase> Transposed() =>
    [
        new("MatMul(a.T, b)", "M, N", Real("a", "K, M"), Real("b", "K, N")) { Scale = Norms("a.T", "b") },
        new("MatMul(a, b.T)", "M, N", Real("a", "M, K"), Real("b", "N, K")) { Scale = Norms("a", "b.T") },
        new("MatMul(a.T, b.T)", "M, N", Real("a", "K, M"), Real("b", "N, K")) { Scale = Norms("a.T", "b.T") },
        new("MatMul(a, b).T", "N, M", Real("a", "M, K"), Real("b", "K, N")) { Scale = $"({Norms("a", "b")}).T" },
        new("MatMul(a, b.T)", "B, 3, T, T", Real("a", "B, 3, T, 5"),
            Real("b", "B, 3, T, 5")) { Scale = Norms("a", "b.T") },
        new("MatMul(Permute(a, 0, 2, 1, 3), Permute(b, 0, 2, 3, 1))", "B, 3, T, T", Real("a", "B, T, 3, 5"),
            Real("b", "B, T, 3, 5"))
        {
            Scale = Norms("Permute(a, 0, 2, 1, 3)", "Permute(b, 0, 2, 3, 1)"),
        },
    ];

    static string Norms(string a, string b) =>
        $"System.Math.Sqrt((int){a}.Shape[-1]) * MatMul(Sqrt(Sum({a} * {a}, -1)), Sqrt(Sum({b} * {b}, -2)))";
}
