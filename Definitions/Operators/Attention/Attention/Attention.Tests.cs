using System.Collections.Generic;
using System.Linq;
using CsCheck;

namespace ModelCompiler.Tests.Operators;

/// <summary>
/// Every form alone and in combinations: later keys hidden, windows, padding, documents, biases repeated over heads and
/// batches, dropped weights, shared heads, another scale, more keys than queries; and shapes that are composed.
/// </summary>
public sealed class AttentionCases() : OperatorCases(nameof(Attention), error: 5e-6,
    scale: "Max(Max(Abs(value), -1), -2)")
{
    /// <summary>Below and above a block of queries, and within a tile.</summary>
    static readonly int[] lengths = [1, 16, 33, 50, 100];

    static OperatorCase Of(string more, string heads, string keyHeads, string time, string keys, params CaseInput[] inputs) =>
        new($"Attention(query, key, value{more})", $"{heads}{time}, 5",
        [
            Real("query", $"{heads}{time}, 6"), Real("key", $"{keyHeads}{keys}, 6"), Real("value", $"{keyHeads}{keys}, 5"), .. inputs,
        ]) { Lengths = lengths, Scale = keyHeads == heads ? null : "Max(Max(Max(Abs(value), -1), -2), -3)" };

    static CaseInput Lengths(string shape, int below) => Integers("lengths", shape, below);

    static CaseInput Documents(string shape, int count = 3) => Integers("documents", shape, count);

    static CaseInput Bias(string shape) => Real("bias", shape);

    public override IEnumerable<OperatorCase> All =>
    [
        new("Attention(query, key, value)", "T, 5",
            Real("query", "T, 6"), Real("key", "S, 6"), Real("value", "S, 5")),
        new("Attention(query, key, value, causal: true)", "B, T, 8",
            Real("query", "B, T, 8"), Real("key", "B, T, 8"), Real("value", "B, T, 8")),
        new("Attention(query, key, value, true)", "B, 3, T, 5",
            Real("query", "B, 3, T, 5"), Real("key", "B, 3, T, 5"), Real("value", "B, 3, T, 5")),
        // Shared heads: two of four, one of three, and as they are composed with a batch of one.
        Of("", "2, 4, ", "2, 2, ", "T", "S"),
        Of(", causal: true", "3, ", "1, ", "T", "T"),
        Of(", scale: 0.7", "2, 4, ", "1, 2, ", "T", "S"),
        Of(", scale: -0.5", "", "", "T", "S"),
        // Windows.
        Of(", window: 1", "2, ", "2, ", "T", "T"),
        Of(", window: 7", "2, 2, ", "2, 1, ", "T", "T"),
        Of(", causal: true, window: 20", "2, 2, ", "2, 2, ", "T", "T"),
        Of(", window: 5", "", "", "T", "S"),
        // Padding: rows that see nothing among them.
        Of(", keyLengths: lengths", "3, 2, ", "3, 2, ", "T", "S", Lengths("3", 60)),
        Of(", keyLengths: lengths", "2, ", "2, ", "T", "S", Lengths("1", 1)),
        Of(", causal: true, keyLengths: lengths", "3, 4, ", "3, 2, ", "T", "T", Lengths("3", 40)),
        Of(", causal: true, window: 9, keyLengths: lengths", "3, 1, ", "3, 1, ", "T", "T", Lengths("3", 40)),
        // Documents, in no order.
        Of(", documents: documents", "2, 2, ", "2, 2, ", "T", "T", Documents("2, T")),
        Of(", causal: true, documents: documents", "2, 4, ", "2, 2, ", "T", "T", Documents("2, T")),
        Of(", causal: true, window: 11, documents: documents", "", "", "T", "T", Documents("1, T", 2)),
        Of(", keyLengths: lengths, documents: documents", "2, 2, ", "2, 1, ", "T", "T", Lengths("2", 40), Documents("2, T")),
        // Biases: of each head of each batch, repeated over one of them or both, and of one head.
        Of(", bias: bias", "2, 3, ", "2, 3, ", "T", "S", Bias("2, 3, T, S")),
        Of(", bias: bias", "2, 3, ", "2, 3, ", "T", "S", Bias("3, T, S")),
        Of(", bias: bias", "2, 3, ", "2, 3, ", "T", "S", Bias("2, 1, T, S")),
        Of(", causal: true, bias: bias", "2, 4, ", "2, 2, ", "T", "T", Bias("T, T")),
        Of(", bias: bias", "", "", "T", "S", Bias("1, T, S")),
        Of(", bias: bias.T", "3, ", "3, ", "T", "S", Bias("1, S, T")),
        // Operands whose columns lie apart.
        new("Attention(query.T, key.T, value.T).T", "2, 5, T",
            Real("query", "2, 6, T"), Real("key", "2, 6, S"), Real("value", "2, 5, S")),
        Of(", bias: bias, keyLengths: lengths", "2, 2, ", "2, 2, ", "T", "S", Bias("1, 2, T, S"), Lengths("2", 60)),
        Of(", window: 9, bias: bias, documents: documents, scale: 1", "2, 2, ", "2, 1, ", "T", "T", Bias("2, T, T"), Documents("2, T")),
        // Dropped weights, several draws, and a rate of 0.
        .. ((OperatorCase[])
        [
            Of(", dropout: 0.4", "2, 2, ", "2, 2, ", "T", "S"),
            Of(", causal: true, dropout: 0.1", "", "", "T", "T"),
            Of(", dropout: 0", "2, ", "2, ", "T", "S"),
            Of(", causal: true, window: 9, dropout: 0.3", "2, 4, ", "2, 2, ", "T", "T"),
            Of(", dropout: 0.3, bias: bias, keyLengths: lengths, documents: documents", "2, 2, ", "2, 1, ", "T", "T",
                Bias("2, T, T"), Lengths("2", 40), Documents("2, T")),
            Of(", dropout: 0.25", "2, 4, ", "1, 2, ", "T", "S"),
            Of(", dropout: 0.3) + Dropout(Attention(query, key, value, dropout: 0.2), 0.3", "2, ", "2, ", "T", "S") with { Error = 1e-5 },
        ]).Select(c => c with { HasModes = true }),
        // Composed: more axes than the fused one takes, and leading ones that broadcast.
        Of(", causal: true, window: 4", "2, 2, 4, ", "2, 2, 2, ", "T", "T"),
        Of("", "2, 2, ", "2, ", "T", "S"),
        Of(", bias: bias, keyLengths: lengths", "2, 4, ", "1, 2, ", "T", "S", Bias("2, 1, T, S"), Lengths("2", 40)),
        Of(", causal: true, documents: documents, bias: bias", "2, 2, ", "1, 2, ", "T", "T", Documents("2, T"), Bias("T, T")),
    ];

    public override Gen<OperatorCase> Any =>
        from outer in Gen.OneOf("", "", "1", "2", "B")
        from heads in Gen.OneOf("", "1", "2", "4", "6")
        from shared in Gen.OneOf(1, 1, 2)
        from time in Gen.OneOf("1", "7", "16", "17", "T")
        from seen in Gen.OneOf("1", "5", "16", "33", "S")
        from width in AnyShape.Length
        from values in AnyShape.Length
        from parts in Gen.Int[0, 127]
        from window in Gen.Int[1, 30]
        select Drawn(outer, heads, shared, time, seen, width, values, parts, window);

    static OperatorCase Drawn(string outer, string heads, int shared, string time, string seen, int width, int values, int parts, int window)
    {
        bool Has(int part) => (parts & 1 << part) != 0;
        // A batch has heads.
        if (outer.Length > 0 && heads.Length == 0) heads = "1";
        string keyHeads = heads.Length > 0 && shared == 2 && heads != "1" ? $"{int.Parse(heads, System.Globalization.CultureInfo.InvariantCulture) / 2}" : heads;
        if (Has(0) || Has(3)) seen = time;
        string batch = outer.Length == 0 ? "1" : outer;
        string[] queryHeads = [outer, heads], keysHeads = [outer, keyHeads];
        string Text(string[] leading, string length, int last) => AnyShape.Text([.. leading.Where(l => l.Length > 0), length, $"{last}"]);
        var inputs = new List<CaseInput> { Real("query", Text(queryHeads, time, width)), Real("key", Text(keysHeads, seen, width)), Real("value", Text(keysHeads, seen, values)) };
        string more = Has(0) ? ", causal: true" : "";
        if (Has(1)) more += $", window: {window}";
        if (Has(2))
        {
            more += ", keyLengths: lengths";
            inputs.Add(Integers("lengths", batch, window + 5));
        }
        if (Has(3))
        {
            more += ", documents: documents";
            inputs.Add(Integers("documents", $"{batch}, {time}", 3));
        }
        if (Has(4))
        {
            more += ", bias: bias";
            inputs.Add(Real("bias", heads.Length == 0 ? $"{time}, {seen}" : outer.Length == 0 || Has(5) ? $"{(Has(6) ? "1" : heads)}, {time}, {seen}" : $"{batch}, {(Has(6) ? "1" : heads)}, {time}, {seen}"));
        }
        if (Has(5)) more += ", dropout: 0.3";
        if (Has(6)) more += ", scale: 0.25";
        return new OperatorCase($"Attention(query, key, value{more})", Text(queryHeads, time, values), inputs)
        {
            HasModes = Has(5), Scale = keyHeads == heads ? null : "Max(Max(Max(Abs(value), -1), -2), -3)",
        };
    }
}
