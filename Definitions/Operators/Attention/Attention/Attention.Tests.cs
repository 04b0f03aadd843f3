using System.Collections.Generic;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>With and without a mask, with more keys than queries, in several heads.</summary>
public sealed class AttentionCases() : OperatorCases(nameof(Attention), error: 5e-6,
    scale: "Max(Max(Abs(value), -1), -2)")
{
    public override IEnumerable<OperatorCase> All =>
    [
        new("Attention(query, key, value)", "T, 5",
            Real("query", "T, 6"), Real("key", "S, 6"), Real("value", "S, 5")),
        new("Attention(query, key, value, causal: true)", "B, T, 8",
            Real("query", "B, T, 8"), Real("key", "B, T, 8"), Real("value", "B, T, 8")),
        new("Attention(query, key, value, true)", "B, 3, T, 5",
            Real("query", "B, 3, T, 5"), Real("key", "B, 3, T, 5"), Real("value", "B, 3, T, 5")),
    ];

    public override Gen<OperatorCase> Any =>
        Gen.Select(Gen.OneOf("1", "2", "B").Array[0, 2], Gen.OneOf("1", "7", "16", "17", "T"),
        Gen.OneOf("1", "5", "16", "33", "S"), AnyShape.Length, AnyShape.Length, Gen.Bool,
        (outer, time, seen, width, values, isCausal) =>
        {
            string Of(string length, int last) => AnyShape.Text([.. outer, length, $"{last}"]);
            if (isCausal) seen = time;
            return new OperatorCase($"Attention(query, key, value{(isCausal ? ", causal: true" : "")})",
                Of(time, values),
                Real("query", Of(time, width)), Real("key", Of(seen, width)), Real("value", Of(seen, values)));
        });
}
