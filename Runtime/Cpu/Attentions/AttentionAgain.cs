using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// The weights of a block of 48 queries, computed again from what the forward pass saved, and the gradient of their
/// scores: what every gradient of attention begins with.
/// </summary>
/// <remarks>
/// <code>
/// P  = e^(Q · Kᵀ · scale + bias - logSum)
/// dP = dropped(dY · Vᵀ)
/// dS = P ∘ (dP - rows' sums of P ∘ dP) · scale
/// </code>
/// </remarks>
unsafe struct AttentionAgain<TTile> where TTile : struct, ITile
{
    readonly AttentionShape shape;
    readonly AttentionOperands operands;
    readonly AttentionMask mask;
    readonly float gradientScale;
    readonly int paddedKeys;
    float* keyPanels, valuePanels;

    /// <param name="shape">Sizes.</param>
    /// <param name="operands">What it reads.</param>
    /// <param name="gradientScale">What the scores' gradient is multiplied by.</param>
    public AttentionAgain(AttentionShape shape, in AttentionOperands operands, float gradientScale)
    {
        (this.shape, this.operands, this.gradientScale) = (shape, operands, gradientScale);
        mask = new AttentionMask(shape, operands.extras);
        paddedKeys = GemmBlocking.RoundUp(shape.Keys, TTile.Columns);
        PaddedWidth = GemmBlocking.RoundUp(shape.Width, GemmBlocking.TileColumns);
        PaddedValues = GemmBlocking.RoundUp(shape.ValueWidth, GemmBlocking.TileColumns);
        Stride = AttentionBlock.ScoreStride(shape.Keys);
    }

    public int PaddedWidth { get; }

    public int PaddedValues { get; }

    /// <summary>From one row of weights to the next, and of scores' gradients.</summary>
    public nint Stride { get; }

    /// <summary>[48, D], padded.</summary>
    public float* Queries { get; private set; }

    /// <summary>[48, V], padded.</summary>
    public float* ResultGradients { get; private set; }

    /// <summary>[48, keys]: from the block's first key; as the values are weighed with them.</summary>
    public float* Weights { get; private set; }

    /// <summary>[48, keys]: from the block's first key.</summary>
    public float* ScoreGradients { get; private set; }

    /// <summary>Floats that <see cref="Place"/> takes.</summary>
    public readonly long Elements => (long)(shape.Width + shape.ValueWidth) * paddedKeys
        + AttentionBlock.Rows * (PaddedWidth + PaddedValues + 2 * Stride);

    /// <summary>Takes its memory.</summary>
    /// <returns>What is left.</returns>
    public float* Place(float* start)
    {
        keyPanels = start;
        valuePanels = keyPanels + (nint)shape.Width * paddedKeys;
        Queries = valuePanels + (nint)shape.ValueWidth * paddedKeys;
        ResultGradients = Queries + AttentionBlock.Rows * (nint)PaddedWidth;
        Weights = ResultGradients + AttentionBlock.Rows * (nint)PaddedValues;
        ScoreGradients = Weights + AttentionBlock.Rows * Stride;
        return ScoreGradients + AttentionBlock.Rows * Stride;
    }

    /// <summary>Packs the keys and values of a head.</summary>
    /// <returns>Whether all of them are finite.</returns>
    public readonly bool Pack(int keyHead)
    {
        int outer = keyHead / (shape.Inner / shape.Group), inner = keyHead % (shape.Inner / shape.Group);
        (MatrixView key, MatrixView value) = (operands.key, operands.value);
        AttentionBlock.Transpose<TTile>(key.Of(outer, inner), key.Row, key.Column, shape.Keys, shape.Width, keyPanels);
        AttentionBlock.Transpose<TTile>(value.Of(outer, inner), value.Row, value.Column, shape.Keys, shape.ValueWidth,
            valuePanels);
        return AttentionBlock.AreFinite(keyPanels, (nint)(shape.Width + shape.ValueWidth) * paddedKeys);
    }

    /// <summary>Computes a block's weights and gradients of scores.</summary>
    /// <param name="head">Of the queries.</param>
    /// <param name="start">The first query.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="isFinite">Whether the head's keys and values are.</param>
    /// <returns>The first key and the one behind the last; equal where no query sees any.</returns>
    public readonly (int From, int To) Run(int head, int start, int rows, bool isFinite)
    {
        (int outer, int inner) = (head / shape.Inner, head % shape.Inner);
        float* logs = operands.logSum + (nint)head * shape.Queries + start;
        isFinite &= Load(operands.query, outer, inner, start, rows, shape.Width, Queries, PaddedWidth)
            & Load(operands.dResult, outer, inner, start, rows, shape.ValueWidth, ResultGradients, PaddedValues);
        for (int r = 0; r < rows; r++) isFinite &= float.IsFinite(logs[r]);
        (int from, int to) = AttentionBlock.Seen<TTile>(mask, shape.Keys, outer, start, rows, isFinite);
        if (from == to) return (from, to);
        AttentionBlock.Multiply<TTile>(Queries, PaddedWidth, 1, rows, keyPanels + (nint)from * shape.Width,
            (nint)shape.Width * TTile.Columns, TTile.Columns, to - from, shape.Width, Weights, Stride, false);
        AttentionBlock.Multiply<TTile>(ResultGradients, PaddedValues, 1, rows,
            valuePanels + (nint)from * shape.ValueWidth, (nint)shape.ValueWidth * TTile.Columns, TTile.Columns,
            to - from, shape.ValueWidth, ScoreGradients, Stride, false);
        for (int r = 0; r < rows; r++)
            Row(Weights + r * Stride - from, ScoreGradients + r * Stride - from, head, start + r, from, to, logs[r]);
        return (from, to);
    }

    static bool Load(in MatrixView view, int outer, int inner, int start, int rows, int columns, float* to,
        int stride) =>
        AttentionBlock.Copy(view.Of(outer, inner) + start * view.Row, view.Row, view.Column, rows, columns, to,
            AttentionBlock.Rows, stride);

    readonly void Row(float* weights, float* gradients, int head, int query, int from, int to, float logSum)
    {
        (int first, int end) = mask.Of(head / shape.Inner, query);
        (first, end) = (Math.Max(first, from), Math.Min(end, to));
        if (first >= end) (first, end) = (from, from);
        float scale = shape.Scale;
        if (mask.HasTerms)
        {
            mask.AddTerms(weights, head / shape.Inner, head % shape.Inner, query, first, end);
            scale = 1;
        }
        if (mask.Drops) WeighDropped(weights, gradients, first, end, scale, logSum, head, query);
        else Weigh(weights, gradients, first, end, scale, logSum);
        new Span<float>(weights + from, first - from).Clear();
        new Span<float>(weights + end, to - end).Clear();
        new Span<float>(gradients + from, first - from).Clear();
        new Span<float>(gradients + end, to - end).Clear();
    }

    /// <summary>
    /// A row of products becomes weights; the gradient of the weights that of the products. What one weight gains the
    /// others lose, to the last bit where there is but one.
    /// </summary>
    /// <param name="weights">[keys]: products. Behind the last one there is room for a vector.</param>
    /// <param name="gradients">[keys]: of the weights.</param>
    /// <param name="first">The first key that is seen.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="factor">What makes products scores.</param>
    /// <param name="logSum">Of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Weigh(float* weights, float* gradients, int first, int end, float factor, float logSum)
    {
        Vector512<float> scale = Vector512.Create(factor), log = Vector512.Create(logSum);
        Vector512<float> sum = Vector512<float>.Zero;
        int j = first;
        for (; j + 16 <= end; j += 16)
        {
            Vector512<float> p = VectorMath.Exp(Vector512.Load(weights + j) * scale - log);
            sum += p * Vector512.Load(gradients + j);
            p.Store(weights + j);
        }
        if (j < end)
        {
            Vector512<float> p = VectorMath.Exp(Vector512.Load(weights + j) * scale - log);
            p.Store(weights + j);
            sum += Vector512.ConditionalSelect(Lanes.Mask(end - j), p * Vector512.Load(gradients + j),
                Vector512<float>.Zero);
        }
        Vector512<float> delta = Vector512.Create(Vectors.Sum(sum)), outward = Vector512.Create(gradientScale);
        for (j = first; j < end; j += 16)
            (Vector512.Load(weights + j) * (Vector512.Load(gradients + j) - delta) * outward).Store(gradients + j);
    }

    /// <summary>The same where weights were dropped: of those the gradient is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void WeighDropped(float* weights, float* gradients, int first, int end, float factor, float logSum,
        int head, int query)
    {
        Vector512<float> scale = Vector512.Create(factor), log = Vector512.Create(logSum);
        Vector512<float> sum = Vector512<float>.Zero;
        for (int j = first; j < end; j += 16)
        {
            Vector512<float> p = VectorMath.Exp(Vector512.Load(weights + j) * scale - log);
            Vector512<float> areKept = mask.AreKept(head, query, j);
            Vector512<float> gradient = mask.Kept(Vector512.Load(gradients + j), areKept);
            sum += Vector512.ConditionalSelect(Lanes.Mask(Math.Min(16, end - j)), p * gradient, Vector512<float>.Zero);
            AttentionMask.Mark(p, areKept).Store(weights + j);
            gradient.Store(gradients + j);
        }
        Vector512<float> delta = Vector512.Create(Vectors.Sum(sum)), outward = Vector512.Create(gradientScale);
        for (int j = first; j < end; j += 16)
        {
            Vector512<float> marked = Vector512.Load(weights + j);
            (Vector512.Abs(marked) * (Vector512.Load(gradients + j) - delta) * outward).Store(gradients + j);
            mask.OfMarked(marked).Store(weights + j);
        }
    }
}
