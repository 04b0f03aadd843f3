using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// An item is one head. Its queries go by in blocks of 48, the last ones first: they see every key, so that their sums
/// begin those of the keys' and values' gradients.
/// </summary>
/// <remarks>
/// <code>
/// for block of queries
///   P = e^(Q · Kᵀ · scale - logSum)      again, from what was saved
///   dP = dY · Vᵀ
///   dS = P ∘ (dP - rows' sums of P ∘ dP) · scale
///   dQ = dS · K    dK += dSᵀ · Q    dV += Pᵀ · dY
/// </code>
/// </remarks>
unsafe struct AttentionBackward<TTile> : IWork where TTile : struct, ITile
{
    readonly AttentionShape shape;
    readonly AttentionOperands operands;
    readonly int paddedKeys, paddedWidth, paddedValues, rowsOfKeys;
    readonly nint stride;

    public AttentionBackward(AttentionShape shape, in AttentionOperands operands)
    {
        (this.shape, this.operands) = (shape, operands);
        paddedKeys = GemmBlocking.RoundUp(shape.Keys, TTile.Columns);
        paddedWidth = GemmBlocking.RoundUp(shape.Width, GemmBlocking.TileColumns);
        paddedValues = GemmBlocking.RoundUp(shape.ValueWidth, GemmBlocking.TileColumns);
        rowsOfKeys = GemmBlocking.RoundUp(shape.Keys, TTile.Rows);
        stride = AttentionBlock.ScoreStride(shape.Keys);
    }

    readonly long Elements => (long)(shape.Width + shape.ValueWidth) * paddedKeys
        + (long)rowsOfKeys * (2 * paddedWidth + paddedValues)
        + AttentionBlock.Rows * (2 * paddedWidth + paddedValues + 2 * stride);

    public void Run(int first, int last)
    {
        AttentionScratch scratch = AttentionScratch.OfThread(Elements);
        scratch.Work = 0;
        for (int head = first; head < last; head++) RunHead(scratch.Start, head);
    }

    [SkipLocalsInit]
    readonly void RunHead(float* keyPanels, int head)
    {
        (int outer, int inner) = (head / shape.Inner, head % shape.Inner);
        float* valuePanels = keyPanels + (nint)shape.Width * paddedKeys;
        float* keys = valuePanels + (nint)shape.ValueWidth * paddedKeys;
        float* dKeys = keys + (nint)rowsOfKeys * paddedWidth;
        float* dValues = dKeys + (nint)rowsOfKeys * paddedWidth;
        float* queries = dValues + (nint)rowsOfKeys * paddedValues;
        float* dQueries = queries + AttentionBlock.Rows * (nint)paddedWidth;
        float* dResults = dQueries + AttentionBlock.Rows * (nint)paddedWidth;
        float* weights = dResults + AttentionBlock.Rows * (nint)paddedValues;
        float* dScores = weights + AttentionBlock.Rows * stride;

        MatrixView key = operands.key, value = operands.value;
        AttentionBlock.Transpose<TTile>(key.Of(outer, inner), key.Row, key.Column, shape.Keys, shape.Width, keyPanels);
        AttentionBlock.Transpose<TTile>(value.Of(outer, inner), value.Row, value.Column, shape.Keys, shape.ValueWidth,
            valuePanels);
        // V itself is not needed, only whether it is finite: its copy makes room for the sums at once.
        bool isFinite = AttentionBlock.Copy(key.Of(outer, inner), key.Row, key.Column, shape.Keys, shape.Width, keys,
            shape.Keys, paddedWidth) & AttentionBlock.Copy(value.Of(outer, inner), value.Row, value.Column, shape.Keys,
            shape.ValueWidth, dValues, shape.Keys, paddedValues);
        int blocks = GemmBlocking.Count(shape.Queries, AttentionBlock.Rows);
        if (blocks == 0)
        {
            new Span<float>(dKeys, shape.Keys * paddedWidth).Clear();
            new Span<float>(dValues, shape.Keys * paddedValues).Clear();
        }
        for (int block = blocks - 1; block >= 0; block--)
        {
            int start = block * AttentionBlock.Rows, rows = Math.Min(AttentionBlock.Rows, shape.Queries - start);
            float* logs = operands.logSum + (nint)head * shape.Queries + start;
            bool isBlockFinite = isFinite & Load(operands.query, outer, inner, start, rows, shape.Width, queries,
                paddedWidth) & Load(operands.dResult, outer, inner, start, rows, shape.ValueWidth, dResults,
                paddedValues);
            for (int r = 0; r < rows; r++) isBlockFinite &= float.IsFinite(logs[r]);
            int seen = shape.IsCausal && isBlockFinite ? Math.Min(shape.Keys, start + rows) : shape.Keys;
            AttentionBlock.Multiply<TTile>(queries, paddedWidth, 1, rows, keyPanels, (nint)shape.Width * TTile.Columns,
                TTile.Columns, seen, shape.Width, weights, stride, false);
            AttentionBlock.Multiply<TTile>(dResults, paddedValues, 1, rows, valuePanels,
                (nint)shape.ValueWidth * TTile.Columns, TTile.Columns, seen, shape.ValueWidth, dScores, stride, false);
            for (int r = 0; r < rows; r++)
            {
                int visible = shape.IsCausal ? Math.Min(start + r + 1, shape.Keys) : shape.Keys;
                Weigh(weights + r * stride, dScores + r * stride, visible, seen, logs[r]);
            }
            bool accumulate = block < blocks - 1;
            if (operands.dKey.Data != null) AttentionBlock.Multiply<TTile>(dScores, 1, stride, seen, queries,
                TTile.Columns, paddedWidth, shape.Width, rows, dKeys, paddedWidth, accumulate);
            if (operands.dValue.Data != null) AttentionBlock.Multiply<TTile>(weights, 1, stride, seen, dResults,
                TTile.Columns, paddedValues, shape.ValueWidth, rows, dValues, paddedValues, accumulate);
            if (operands.dQuery.Data == null) continue;
            AttentionBlock.Multiply<TTile>(dScores, stride, 1, rows, keys, TTile.Columns, paddedWidth, shape.Width,
                seen, dQueries, paddedWidth, false);
            Store(operands.dQuery, outer, inner, start, rows, shape.Width, dQueries, paddedWidth);
        }
        Store(operands.dKey, outer, inner, 0, shape.Keys, shape.Width, dKeys, paddedWidth);
        Store(operands.dValue, outer, inner, 0, shape.Keys, shape.ValueWidth, dValues, paddedValues);
    }

    static bool Load(in MatrixView from, int outer, int inner, int start, int rows, int columns, float* to,
        int stride) =>
        AttentionBlock.Copy(from.Of(outer, inner) + start * from.Row, from.Row, from.Column, rows, columns, to,
            AttentionBlock.Rows, stride);

    static void Store(in MatrixView to, int outer, int inner, int start, int rows, int columns, float* from, int stride)
    {
        if (to.Data == null) return;
        AttentionBlock.Store(from, stride, null, to.Of(outer, inner) + start * to.Row, to.Row, rows, columns);
    }

    /// <summary>
    /// A row of products becomes weights; the gradient of the weights that of the products. What one weight gains the
    /// others lose, to the last bit where there is but one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Weigh(float* weights, float* dScores, int visible, int seen, float logSum)
    {
        Vector512<float> scale = Vector512.Create(shape.Scale), log = Vector512.Create(logSum);
        Vector512<float> sum = Vector512<float>.Zero;
        int j = 0;
        for (; j + 16 <= visible; j += 16)
        {
            Vector512<float> p = VectorMath.Exp(Vector512.Load(weights + j) * scale - log);
            sum += p * Vector512.Load(dScores + j);
            p.Store(weights + j);
        }
        if (j < visible)
        {
            // Up to the end of the vector there is room.
            Vector512<float> mask = Lanes.Mask(visible - j);
            Vector512<float> p = VectorMath.Exp(Vector512.Load(weights + j) * scale - log);
            Vector512.ConditionalSelect(mask, p, Vector512<float>.Zero).Store(weights + j);
            sum += Vector512.ConditionalSelect(mask, p * Vector512.Load(dScores + j), Vector512<float>.Zero);
        }
        float delta = Vectors.Sum(sum);
        if (visible < seen)
        {
            float masked = MathF.Exp(AttentionBlock.Masked - logSum);
            new Span<float>(weights + visible, seen - visible).Fill(masked);
            for (j = visible; j < seen; j++) delta += masked * dScores[j];
        }
        Vector512<float> deltas = Vector512.Create(delta);
        for (j = 0; j < visible; j += 16)
            (Vector512.Load(weights + j) * (Vector512.Load(dScores + j) - deltas) * scale).Store(dScores + j);
        new Span<float>(dScores + visible, Math.Max(0, seen - visible)).Clear();
    }
}
