using System;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// softmax(scale · Q · Kᵀ + bias) · V over the keys that each query sees: all of them, those up to its own place,
    /// those near it, those that are no padding, those of its own document.
    /// </summary>
    /// <param name="query">[.., H, T, D]; fp32. Two axes for one head, three for one batch.</param>
    /// <param name="key">
    /// [.., G, S, D]; fp32. G divides H; head h of the queries reads head h / (H / G) of keys and values.
    /// </param>
    /// <param name="value">[.., G, S, V]; fp32.</param>
    /// <param name="causal">Whether place t sees only places up to t; needs S = T.</param>
    /// <param name="window">Above 0: place t sees only places less than this far from it; 0 for all.</param>
    /// <param name="keyLengths">[B]; int: keys from this number on are padding. Null where all count.</param>
    /// <param name="documents">
    /// [B, T]; int: places see only those of the same number; needs S = T. Null for one document.
    /// </param>
    /// <param name="bias">
    /// [T, S], [H or 1, T, S] or [B or 1, H or 1, T, S]; fp32, added to the scaled scores. Null for none.
    /// </param>
    /// <param name="dropout">Probability, in [0, 1), with which a weight becomes 0 in training; others grow.</param>
    /// <param name="scale">What scores are multiplied by; null for 1 / √D.</param>
    /// <returns>[.., H, T, V]; fp32: zeros where a place sees nothing.</returns>
    /// <remarks>
    /// Source: Vaswani et al., Attention Is All You Need, section 3.2.1 (2017); some rows of the scores at a time
    /// after Dao et al., FlashAttention (2022) and Dao, FlashAttention-2 (2023); shared heads by Ainslie et al., GQA
    /// (2023); windows by Beltagy, Peters and Cohan, Longformer (2020); biases of positions by Raffel et al., T5,
    /// section 2.1 (2020). Numerics: fp32; what is hidden does not count, but a value of NaN or ∞ may reach every
    /// place, as 0 · NaN; keys that no place of a block sees are skipped, so that a window's time is linear in T;
    /// weights are dropped by the numbers of <see cref="RandomUniform"/> over [.., H, T, S], drawn again for the
    /// gradient.
    /// Error: 5e-6 relative to the largest value. Memory: the result, all inputs and the logarithm of each row's sum
    /// [.., H, T]; where the tensors differ in their number of axes or in leading axes but the heads, or have more than
    /// four, the scores [.., H, T, S] instead.
    /// Errors: MC1102 where D differs, MC1108 where a causal S is not T, MC1129 where G does not divide H, MC1130 for
    /// documents, MC1131 for lengths and MC1132 for a bias of another shape, MC1133 for a negative window, MC1015 for a
    /// dropout outside [0, 1).
    /// </remarks>
    /// <example>
    /// <code>
    /// Tensor mixed = Attention(q, k, v, causal: true);
    /// Tensor local = Attention(q, k, v, causal: true, window: 256);
    /// Tensor padded = Attention(q, k, v, keyLengths: lengths, dropout: 0.1);
    /// </code>
    /// </example>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal = false, int window = 0,
        Tensor<int>? keyLengths = null, Tensor<int>? documents = null, Tensor? bias = null, double dropout = 0,
        double? scale = null)
    {
        using var scope = OperatorScope.Of(nameof(Attention));
        CheckAttention.Heads(query, key, value);
        CheckAttention.Mask(query, key, causal, window, keyLengths, documents);
        CheckAttention.Terms(query, key, bias, dropout);
        var options = new AttentionOptions(causal, window, keyLengths, documents, bias, IsTraining ? dropout : 0,
            scale ?? 1 / Math.Sqrt((int)query.Shape[-1]));
        return Fused(query, key, value, options) ?? Composed(query, key, value, options);
    }

    static Tensor Composed(Tensor query, Tensor key, Tensor value, AttentionOptions options)
    {
        Tensor scores = HeadProduct(query, key.T) * options.Scale;
        if (options.Bias is { } bias)
            scores += bias.Shape.Rank <= scores.Shape.Rank ? bias
                : Reshape(bias, new Shape([.. bias.Shape.Dims.Skip(bias.Shape.Rank - scores.Shape.Rank)]));
        Tensor<bool>? visible = Visible(scores.Shape, options);
        Tensor weights = Softmax(visible is null ? scores : Where(visible, scores, -3.4028234663852886e38));
        // A place that sees nothing would see everything alike.
        bool mayBeBlind = options.KeyLengths is not null || options.Window > 0 && scores.Shape[-2] != scores.Shape[-1];
        if (visible is not null && mayBeBlind) weights = Where(visible, weights, 0);
        return HeadProduct(Dropout(weights, options.Dropout), value);
    }

    /// <summary>[.., H, M, K] · [.., G, K, N] → [.., H, M, N], H / G heads after another with the same one.</summary>
    static Tensor HeadProduct(Tensor a, Tensor b)
    {
        if (a.Shape.Rank < 3 || b.Shape.Rank < 3 || b.Shape[-3] == 1 || a.Shape[-3] == b.Shape[-3])
            return MatMul(a, b);
        Dim heads = a.Shape[-3], shared = b.Shape[-3];
        Tensor grouped = Reshape(a, new Shape([.. a.Shape.Dims.Take(a.Shape.Rank - 3), shared, heads / shared,
            a.Shape[-2], a.Shape[-1]]));
        Tensor once = Reshape(b, new Shape([.. b.Shape.Dims.Take(b.Shape.Rank - 2), 1, b.Shape[-2], b.Shape[-1]]));
        Tensor product = MatMul(grouped, once);
        return Reshape(product, new Shape([.. product.Shape.Dims.Take(product.Shape.Rank - 4), heads, a.Shape[-2],
            b.Shape[-1]]));
    }

    /// <summary>Which scores count, of a shape that broadcasts to theirs; null where all do.</summary>
    static Tensor<bool>? Visible(Shape scores, AttentionOptions options)
    {
        (Dim time, Dim keys) = (scores[-2], scores[-1]);
        Tensor<bool>? visible = null;
        void Only(Tensor<bool> seen) => visible = visible is null ? seen : And(visible, seen);
        if (options.Causal) Only(LessOrEqual(Range(keys), Range(time).Reshape(time, 1)));
        if (options.Window > 0)
            Only(Less(Abs(Cast(Range(keys)) - Cast(Range(time)).Reshape(time, 1)), options.Window));
        // Lengths and documents are of a batch, the first of four axes.
        Dim[] Batch(TensorBase of) => [.. scores.Dims.Take(scores.Rank - 2).Select((_, i) => i == 0 ? of.Shape[0] : 1)];
        if (options.Documents is { } documents)
            Only(Equal(documents.Reshape([.. Batch(documents), time, 1]),
                documents.Reshape([.. Batch(documents), 1, keys])));
        if (options.KeyLengths is { } lengths)
            Only(Less(Range(keys), lengths.Reshape([.. Batch(lengths), 1, 1])));
        return visible;
    }

    /// <summary>
    /// The whole of it as one operation, where there is one; null where there is none for these shapes.
    /// </summary>
    private static partial Tensor? Fused(Tensor query, Tensor key, Tensor value, AttentionOptions options);
}
