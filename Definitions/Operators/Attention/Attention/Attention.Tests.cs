using System.Collections.Generic;

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
}
