using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>softmax(Q · Kᵀ / √D) · V.</summary>
    /// <param name="query">[.., T, D]; fp32.</param>
    /// <param name="key">[.., S, D]; fp32.</param>
    /// <param name="value">[.., S, D]; fp32.</param>
    /// <param name="causal">Whether place t sees only places up to t; needs S = T.</param>
    /// <returns>[.., T, D]; fp32.</returns>
    /// <remarks>
    /// Source: Vaswani et al., Attention Is All You Need, section 3.2.1 (2017); some rows of the scores at a time
    /// after Dao et al., FlashAttention (2022). Numerics: fp32; masked scores are the lowest finite number; they do not
    /// count, but a value of NaN or ∞ reaches every place, as 0 · NaN.
    /// Error: 5e-6 relative to the largest value. Memory: the result, all three inputs and the logarithm of each row's
    /// sum [.., T]; where leading axes differ or there are more than two, the scores [.., T, S] instead.
    /// Errors: MC1102 where D differs, MC1108 where a causal S is not T.
    /// </remarks>
    /// <example><code>Tensor mixed = Attention(q, k, v, causal: true);</code></example>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal = false)
    {
        using var scope = OperatorScope.Of(nameof(Attention));
        if (causal && key.Shape.Rank > 1 && query.Shape.Rank > 1 && key.Shape[-2] != query.Shape[-2])
            throw new ShapeException("Attention: causal attention needs as many keys as queries, these are " +
                $"{key.Shape[-2]} and {query.Shape[-2]}", key) { Id = "MC1108" };
        return Fused(query, key, value, causal) ?? Composed(query, key, value, causal);
    }

    static Tensor Composed(Tensor query, Tensor key, Tensor value, bool causal)
    {
        Tensor scores = MatMul(query, key.T) * (1 / Math.Sqrt((int)query.Shape[-1]));
        if (causal)
        {
            Dim time = query.Shape[-2];
            scores = Where(LessOrEqual(Range(time), Range(time).Reshape(time, 1)), scores, -3.4028234663852886e38);
        }
        return MatMul(Softmax(scores), value);
    }

    /// <summary>
    /// The whole of it as one operation, where there is one; null where there is none for these shapes.
    /// </summary>
    private static partial Tensor? Fused(Tensor query, Tensor key, Tensor value, bool causal);
}
