using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    private static partial Tensor? Fused(Tensor query, Tensor key, Tensor value, AttentionOptions options)
    {
        int rank = query.Shape.Rank;
        if (rank is < 2 or > 4 || key.Shape.Rank != rank || value.Shape.Rank != rank) return null;
        // Heads may be shared: that they divide has been checked.
        Shape heads = rank > 2 ? query.Shape.With(-3, key.Shape[-3]) : query.Shape;
        if (!heads.With(-2, key.Shape[-2]).Equals(key.Shape)
            || !key.Shape.With(-1, value.Shape[-1]).Equals(value.Shape)) return null;
        if (!query.Shape[-1].IsConstant || !value.Shape[-1].IsConstant) return null;
        OperationAttributes attributes = AttentionForm.Attributes(options, options.Dropout > 0 ? NextDraw() : 0);
        TensorBase[] inputs = AttentionForm.Inputs(query, key, value, options);
        Tensor logSum = Tensor.Apply(Primitives.AttentionLogSum, attributes, query.Shape.With(-1, 1), inputs);
        return Tensor.Apply(Primitives.Attention, attributes, query.Shape.With(-1, value.Shape[-1]),
            [.. inputs, logSum]);
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

    public static readonly Primitive AttentionBiasGradient = new("attention_bias_gradient", PrimitiveKind.Kernel,
        "the gradient of attention with respect to its bias", AttentionCall.BiasGradient);

    static Tensor?[] AttentionGradient(Differential d)
    {
        // Of the inputs, the logarithms come last: no gradient flows through them.
        TensorBase[] inputs = [.. Enumerable.Range(0, d.Count).Select(i =>
            d.IsInteger(i) ? d.Integers(i) : (TensorBase)d.In(i)), d.Dy, d.Out];
        Primitive[] gradients = [AttentionQueryGradient, AttentionKeyGradient, AttentionValueGradient];
        Primitive? Of(int input) => input < 3 ? gradients[input]
            : input < d.Count - 1 && !d.IsInteger(input) ? AttentionBiasGradient : null;
        return [.. Enumerable.Range(0, d.Count).Select(i =>
            Of(i) is { } gradient ? Tensor.Apply(gradient, d.Attributes, d.ShapeOf(i), inputs) : null)];
    }
}
