using System;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    private static partial Tensor? Fused(Tensor query, Tensor key, Tensor value, bool causal)
    {
        int rank = query.Shape.Rank;
        if (rank is < 2 or > 4 || key.Shape.Rank != rank || value.Shape.Rank != rank) return null;
        Dim[] leading = [.. query.Shape.Dims.Take(rank - 2)];
        if (!key.Shape.Dims.Take(rank - 2).SequenceEqual(leading)
            || !value.Shape.Dims.Take(rank - 2).SequenceEqual(leading)) return null;
        if (query.Shape[-1] != key.Shape[-1] || key.Shape[-2] != value.Shape[-2]) return null;
        if (!query.Shape[-1].IsConstant || !value.Shape[-1].IsConstant) return null;
        var attributes = new OperationAttributes { Number = causal ? 1 : 0 };
        Tensor logSum = Tensor.Apply(Primitives.AttentionLogSum, attributes, query.Shape.With(-1, 1), query, key,
            value);
        return Tensor.Apply(Primitives.Attention, attributes, query.Shape.With(-1, value.Shape[-1]), query, key, value,
            logSum);
    }
}

/// <summary>
/// Attention and what its gradient needs, each value an operation; those that stand together are one call. Eager
/// tensors know none of them.
/// </summary>
public static partial class Primitives
{
    public static readonly Primitive AttentionLogSum = new("attention_log_sum", PrimitiveKind.Kernel,
        "logarithms of the sums of exponentials of each row of scores", AttentionCall.LogSum);

    public static readonly Primitive Attention = new("attention", PrimitiveKind.Kernel,
        "values weighed by the softmax of scores", AttentionCall.Result, AttentionGradient);

    public static readonly Primitive AttentionQueryGradient = new("attention_query_gradient", PrimitiveKind.Kernel,
        "the gradient of attention with respect to its queries", AttentionCall.Gradient(0));

    public static readonly Primitive AttentionKeyGradient = new("attention_key_gradient", PrimitiveKind.Kernel,
        "the gradient of attention with respect to its keys", AttentionCall.Gradient(1));

    public static readonly Primitive AttentionValueGradient = new("attention_value_gradient", PrimitiveKind.Kernel,
        "the gradient of attention with respect to its values", AttentionCall.Gradient(2));

    static Tensor?[] AttentionGradient(Differential d)
    {
        Tensor Of(Primitive gradient, int input) => Tensor.Apply(gradient, d.Attributes, d.ShapeOf(input), d.In(0),
            d.In(1), d.In(2), d.In(3), d.Dy);
        return [Of(AttentionQueryGradient, 0), Of(AttentionKeyGradient, 1), Of(AttentionValueGradient, 2), null];
    }
}
