using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// An item is 48 queries of one head: their scores, the exponentials of those, and the product with V.
/// </summary>
/// <remarks>
/// <code>
/// for item                    head, 48 queries
///   pack Kᵀ and V             unless the thread's last item was of the same head of keys
///   scores = Q · Kᵀ           [48, S], from the first to the last key that any of the queries sees
///   m, l                      each row's largest score and its sum of exponentials
///   result = e^(scores - m) · V / l
/// </code>
/// </remarks>
unsafe struct AttentionForward<TTile> : IWork where TTile : struct, ITile
{
    readonly AttentionShape shape;
    readonly AttentionMask mask;
    readonly MatrixView query, key, value, result;
    readonly float* logSum;
    readonly long work;
    readonly int blocks, paddedKeys, paddedValues;
    readonly nint stride;

    public AttentionForward(AttentionShape shape, in MatrixView query, in MatrixView key, in MatrixView value,
        in MatrixView result, float* logSum, in AttentionExtras extras)
    {
        (this.shape, this.query, this.key, this.value, this.result) = (shape, query, key, value, result);
        this.logSum = logSum;
        mask = new AttentionMask(shape, extras);
        work = Gemm.NextProduct();
        blocks = GemmBlocking.Count(shape.Queries, AttentionBlock.Rows);
        paddedKeys = GemmBlocking.RoundUp(shape.Keys, TTile.Columns);
        paddedValues = GemmBlocking.RoundUp(shape.ValueWidth, GemmBlocking.TileColumns);
        stride = AttentionBlock.ScoreStride(shape.Keys);
        Items = checked(shape.Heads * blocks);
    }

    public int Items { get; }

    readonly long Elements => (long)shape.Width * paddedKeys + (long)shape.Keys * paddedValues
        + AttentionBlock.Rows * (shape.Width + stride + paddedValues);

    public void Run(int first, int last)
    {
        AttentionScratch scratch = AttentionScratch.OfThread(Elements);
        for (int item = first; item < last; item++) RunItem(scratch, item / blocks, item % blocks);
    }

    [SkipLocalsInit]
    readonly void RunItem(AttentionScratch scratch, int head, int block)
    {
        (int outer, int inner, int keyHead) = (head / shape.Inner, head % shape.Inner, head / shape.Group);
        float* keys = scratch.Start;
        float* values = keys + (nint)shape.Width * paddedKeys;
        float* queries = values + (nint)shape.Keys * paddedValues;
        float* scores = queries + AttentionBlock.Rows * (nint)shape.Width;
        float* mixed = scores + AttentionBlock.Rows * stride;
        if (scratch.Work != work || scratch.Head != keyHead)
        {
            int keyInner = inner / shape.Group;
            AttentionBlock.Transpose<TTile>(key.Of(outer, keyInner), key.Row, key.Column, shape.Keys, shape.Width,
                keys);
            scratch.IsFinite = AttentionBlock.Copy(value.Of(outer, keyInner), value.Row, value.Column, shape.Keys,
                shape.ValueWidth, values, shape.Keys, paddedValues)
                & AttentionBlock.AreFinite(keys, (nint)shape.Width * paddedKeys);
            (scratch.Work, scratch.Head) = (work, keyHead);
        }
        int start = block * AttentionBlock.Rows, rows = Math.Min(AttentionBlock.Rows, shape.Queries - start);
        bool isFinite = AttentionBlock.Copy(query.Of(outer, inner) + start * query.Row, query.Row, query.Column, rows,
            shape.Width, queries, AttentionBlock.Rows, shape.Width) & scratch.IsFinite;
        (int from, int to) = AttentionBlock.Seen<TTile>(mask, shape.Keys, outer, start, rows, isFinite);
        AttentionBlock.Multiply<TTile>(queries, shape.Width, 1, rows, keys + (nint)from * shape.Width,
            (nint)shape.Width * TTile.Columns, TTile.Columns, to - from, shape.Width, scores, stride, false);
        float* sums = stackalloc float[AttentionBlock.Rows];
        float* logs = logSum == null ? null : logSum + (nint)head * shape.Queries + start;
        for (int r = 0; r < rows; r++)
        {
            float most = Weigh(scores + r * stride - from, head, start + r, from, to, out sums[r]);
            if (logs != null) logs[r] = most + MathF.Log(sums[r]);
        }
        if (result.Data == null) return;
        AttentionBlock.Multiply<TTile>(scores, stride, 1, rows, values + (nint)from * paddedValues, TTile.Columns,
            paddedValues, shape.ValueWidth, to - from, mixed, paddedValues, false);
        AttentionBlock.Store(mixed, paddedValues, sums, result.Of(outer, inner) + start * result.Row, result.Row, rows,
            shape.ValueWidth);
    }

    /// <summary>Turns a row of products into weights that are still to be divided by their sum.</summary>
    /// <param name="row">Products of keys <paramref name="from"/> up to <paramref name="to"/>.</param>
    /// <param name="head">Of the query.</param>
    /// <param name="query">The row's query.</param>
    /// <param name="from">The first key of the block.</param>
    /// <param name="to">Behind the block's last key.</param>
    /// <param name="sum">Of the exponentials; 1 where the query sees nothing.</param>
    /// <returns>The largest score; 0 where the query sees nothing.</returns>
    readonly float Weigh(float* row, int head, int query, int from, int to, out float sum)
    {
        (int first, int end) = mask.Of(head / shape.Inner, query);
        (first, end) = (Math.Max(first, from), Math.Min(end, to));
        float most = 0;
        sum = 1;
        if (first < end)
        {
            bool hasTerms = mask.HasTerms;
            if (hasTerms) mask.AddTerms(row, head / shape.Inner, head % shape.Inner, query, first, end);
            most = Exponentials(row, first, end, hasTerms ? 1 : shape.Scale, out sum);
            if (hasTerms && most == float.NegativeInfinity) (most, sum, first, end) = (0, 1, from, from);
            else if (mask.Drops) mask.Drop(row, head, query, first, end);
        }
        else (first, end) = (from, from);
        new Span<float>(row + from, first - from).Clear();
        new Span<float>(row + end, to - end).Clear();
        return most;
    }

    /// <summary>Turns a row of products into e^(score - largest score).</summary>
    /// <param name="row">Behind the last one there is room for a vector.</param>
    /// <param name="first">The first key that is seen.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="factor">What makes products scores.</param>
    /// <param name="sum">Of the exponentials.</param>
    /// <returns>The largest score.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Exponentials(float* row, int first, int end, float factor, out float sum)
    {
        Vector512<float> scale = Vector512.Create(factor), least = Vector512.Create(float.NegativeInfinity);
        Vector512<float> most = least, total = Vector512<float>.Zero;
        int j = first;
        for (; j + 16 <= end; j += 16)
        {
            Vector512<float> x = Vector512.Load(row + j) * scale;
            most = Vector512.Max(most, x);
            x.Store(row + j);
        }
        if (j < end)
        {
            // Up to the end of the vector there is room, and e^-∞ is 0.
            Vector512<float> x = Vector512.ConditionalSelect(Lanes.Mask(end - j), Vector512.Load(row + j) * scale,
                least);
            most = Vector512.Max(most, x);
            x.Store(row + j);
        }
        float largest = Vectors.Max(most);
        Vector512<float> shift = Vector512.Create(largest);
        for (j = first; j < end; j += 16)
        {
            Vector512<float> e = VectorMath.Exp(Vector512.Load(row + j) - shift);
            total += e;
            e.Store(row + j);
        }
        sum = Vectors.Sum(total);
        return largest;
    }
}
