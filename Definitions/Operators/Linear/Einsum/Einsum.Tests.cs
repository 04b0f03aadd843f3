using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>Every way axes can be kept, shared, summed, repeated and ordered, of one, two and three operands.</summary>
public sealed class EinsumCases() : OperatorCases(nameof(Einsum), error: 2e-6, scale: "4 * System.Math.Sqrt((int)(a.Shape.Size))")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Einsum(\"ij,jk->ik\", a, b)", "M, N", Real("a", "M, K"), Real("b", "K, N")),
        new("Einsum(\"ij,jk\", a, b)", "M, N", Real("a", "M, K"), Real("b", "K, N")),
        new("Einsum(\"ij,jk->ki\", a, b)", "N, M", Real("a", "M, K"), Real("b", "K, N")),
        new("Einsum(\"ji,jk->ik\", a, b)", "M, N", Real("a", "K, M"), Real("b", "K, N")),
        new("Einsum(\"ij,kj->ik\", a, b)", "M, N", Real("a", "M, K"), Real("b", "N, K")),
        new("Einsum(\"bhtd,bhsd->bhts\", a, b)", "2, 3, T, S", Real("a", "2, 3, T, 5"), Real("b", "2, 3, S, 5")),
        new("Einsum(\"bthd,bshd->bhts\", a, b)", "2, 3, T, S", Real("a", "2, T, 3, 5"), Real("b", "2, S, 3, 5")),
        new("Einsum(\"bhts,bshd->bthd\", a, b)", "2, T, 3, 5", Real("a", "2, 3, T, S"), Real("b", "2, S, 3, 5")),
        new("Einsum(\"btc,cd->btd\", a, b)", "B, T, 7", Real("a", "B, T, 5"), Real("b", "5, 7")),
        new("Einsum(\"btc,hcd->bhtd\", a, b)", "2, 3, T, 5", Real("a", "2, T, 7"), Real("b", "3, 7, 5")),
        new("Einsum(\"i,i->\", a, b)", "", Real("a", "N"), Real("b", "N")),
        new("Einsum(\"i,i\", a, b)", "", Real("a", "N"), Real("b", "N")),
        new("Einsum(\"i,j->ij\", a, b)", "M, N", Real("a", "M"), Real("b", "N")),
        new("Einsum(\"i,j->ji\", a, b)", "N, M", Real("a", "M"), Real("b", "N")),
        new("Einsum(\"ij,ij->ij\", a, b)", "M, N", Real("a", "M, N"), Real("b", "M, N")),
        new("Einsum(\"ij,j->i\", a, b)", "M", Real("a", "M, N"), Real("b", "N")),
        new("Einsum(\"j,ij->i\", a, b)", "M", Real("a", "N"), Real("b", "M, N")),
        new("Einsum(\"abc,cba->\", a, b)", "", Real("a", "3, T, 5"), Real("b", "5, T, 3"))
            { Lengths = [1, 4, 9] },   // long sums cancel to less than their rounding
        new("Einsum(\"abc,acb->b\", a, b)", "T", Real("a", "3, T, 5"), Real("b", "3, 5, T")),
        new("Einsum(\"...ij,...jk->...ik\", a, b)", "B, 3, 5, 7", Real("a", "B, 3, 5, 6"), Real("b", "3, 6, 7")),
        new("Einsum(\"...ij,jk\", a, b)", "B, 3, 5, 7", Real("a", "B, 3, 5, 6"), Real("b", "6, 7")),
        new("Einsum(\"ij,kl->il\", a, b)", "M, 7", Real("a", "M, 3"), Real("b", "N, 7")),
        new("Einsum(\"ab,bcd->acd\", a, b)", "M, 3, 5", Real("a", "M, K"), Real("b", "K, 3, 5")),
        new("Einsum(\"acb,bd->adc\", a, b)", "M, 5, 3", Real("a", "M, 3, K"), Real("b", "K, 5")),
        new("Einsum(\"ij->ji\", a)", "N, M", Real("a", "M, N")),
        new("Einsum(\"ij->i\", a)", "M", Real("a", "M, N")),
        new("Einsum(\"ij->\", a)", "", Real("a", "M, N")),
        new("Einsum(\"ba\", a)", "N, M", Real("a", "M, N")),
        new("Einsum(\"ii->i\", a)", "N", Real("a", "N, N")),
        new("Einsum(\"ii\", a)", "", Real("a", "N, N")),
        new("Einsum(\"iji->ji\", a)", "T, 5", Real("a", "5, T, 5")),
        new("Einsum(\"...i->i...\", a)", "5, B, T", Real("a", "B, T, 5")),
        new("Einsum(\"ij,jk,kl->il\", a, b, c)", "M, 5", Real("a", "M, K"), Real("b", "K, N"), Real("c", "N, 5")) { Scale = "4 * System.Math.Sqrt((int)(a.Shape[1] * b.Shape[1]))" },
        new("Einsum(\"bi, bj, ijk -> bk\", a, b, c)", "B, 7", Real("a", "B, 5"), Real("b", "B, 3"), Real("c", "5, 3, 7")) { Scale = "30" },
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(AnyShape.Order(5), Gen.Int[0, 2].Array[5], AnyShape.Order(5), Gen.OneOf(1, 2, 3, 5, 7).Array[5], Gen.Bool,
            (order, where, resultOrder, lengths, isSummed) =>
            {
                // Letter k is of a, of b or of both; every second shared one is summed.
                string a = Named(order.Where(k => where[k] != 1)), b = Named(order.Reverse().Where(k => where[k] != 0));
                int[] kept = [.. resultOrder.Where(k => !(isSummed && where[k] == 2 && k % 2 == 0))];
                string Of(IEnumerable<int> letters) => AnyShape.Text(letters.Select(k => k == 4 ? "T" : $"{lengths[k]}"));
                return new OperatorCase($"Einsum(\"{a},{b}->{Named(kept)}\", a, b)", Of(kept),
                    Real("a", Of(order.Where(k => where[k] != 1))), Real("b", Of(order.Reverse().Where(k => where[k] != 0))));
            });

    static string Named(IEnumerable<int> letters) => string.Concat(letters.Select(k => "ijklm"[k]));
}
