using System;
using System.Globalization;
using System.Linq;

namespace ModelCompiler;

/// <summary>The shape rules of attention, with the way out of each.</summary>
static class CheckAttention
{
    /// <summary>Heads of queries share heads of keys and values evenly.</summary>
    public static void Heads(Tensor query, Tensor key, Tensor value)
    {
        if (query.Shape.Rank < 3) return;
        Dim heads = query.Shape[-3];
        string? Wrong(string name, Tensor of) =>
            of.Shape.Rank < 3 || of.Shape[-3] == 1 || heads.IsMultipleOf(of.Shape[-3]) ? null
                : $"Attention: query has {heads} heads, which is no multiple of the {of.Shape[-3]} heads of {name} " +
                $"(query: {query.Shape}, {name}: {of.Shape}; heads are the third axis from the end). Choose numbers " +
                "of heads that divide, or repeat query's with BroadcastTo";
        if (Wrong("key", key) is { } wrongKey) throw new ShapeException(wrongKey, key) { Id = "MC1129" };
        if (Wrong("value", value) is { } wrongValue) throw new ShapeException(wrongValue, value) { Id = "MC1129" };
    }

    /// <summary>What hides keys fits queries and keys.</summary>
    public static void Mask(Tensor query, Tensor key, bool causal, int window, Tensor<int>? keyLengths,
        Tensor<int>? documents)
    {
        if (window < 0)
            throw new ShapeException($"Attention: window is {window}. Give the number of places that are seen to " +
                "each side, the own one included, or 0 for all of them") { Id = "MC1133" };
        if (key.Shape.Rank < 2 || query.Shape.Rank < 2) return;
        (Dim time, Dim keys) = (query.Shape[-2], key.Shape[-2]);
        if (causal && keys != time)
            throw new ShapeException("Attention: causal attention needs as many keys as queries, these are " +
                $"{keys} and {time}", key) { Id = "MC1108" };
        Dim batch = query.Shape.Rank > 3 ? query.Shape[0] : 1;
        if (keyLengths is not null && (query.Shape.Rank > 4 || !keyLengths.Shape.Equals(new Shape(batch))))
            throw new ShapeException($"Attention: keyLengths is {keyLengths.Shape} but query is {query.Shape}. " +
                $"{Batched(query, $"Give one length for each batch, [{batch}]")}", keyLengths) { Id = "MC1131" };
        if (documents is null) return;
        if (keys != time)
            throw new ShapeException("Attention: documents need as many keys as queries, these are " +
                $"{keys} and {time}. Hide padding with keyLengths, or anything with a bias", documents)
                { Id = "MC1130" };
        if (query.Shape.Rank > 4 || !documents.Shape.Equals(new Shape(batch, time)))
            throw new ShapeException($"Attention: documents is {documents.Shape} but query is {query.Shape}. " +
                $"{Batched(query, $"Give one number for each place, [{batch}, {time}]")}", documents)
                { Id = "MC1130" };
    }

    /// <summary>What is added to scores has their shape, and what is dropped is a share.</summary>
    public static void Terms(Tensor query, Tensor key, Tensor? bias, double dropout)
    {
        if (!(dropout is >= 0 and < 1))
            throw new ShapeException($"Attention: a dropout of {dropout.ToString(CultureInfo.InvariantCulture)} is " +
                "no probability below 1; use 0 to 0.5 or so") { Id = "MC1015" };
        if (bias is null || key.Shape.Rank < 2 || query.Shape.Rank < 2) return;
        Shape shape = bias.Shape;
        Dim[] scores = [query.Shape.Rank > 3 ? query.Shape[0] : 1, query.Shape.Rank > 2 ? query.Shape[-3] : 1,
            query.Shape[-2], key.Shape[-2]];
        bool fits = query.Shape.Rank <= 4 && shape.Rank is >= 2 and <= 4 && shape[-1] == scores[3]
            && shape[-2] == scores[2] && (shape.Rank < 3 || shape[-3] == scores[1] || shape[-3] == 1)
            && (shape.Rank < 4 || shape[0] == scores[0] || shape[0] == 1);
        if (!fits)
            throw new ShapeException($"Attention: bias is {shape} but the scores are " +
                $"[{string.Join(", ", scores.Skip(4 - Math.Min(4, Math.Max(2, query.Shape.Rank))))}]. " +
                Batched(query, $"Give it the shape [{scores[2]}, {scores[3]}], with heads ({scores[1]} or 1) or with " +
                $"batch ({scores[0]} or 1) and heads in front, by Reshape or BroadcastTo"), bias) { Id = "MC1132" };
    }

    static string Batched(Tensor query, string shape) => query.Shape.Rank <= 4 ? shape
        : "With more than four axes there is none: make one of the leading ones with Reshape";
}
