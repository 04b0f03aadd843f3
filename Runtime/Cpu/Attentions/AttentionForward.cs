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
///   pack Kᵀ and V             unless the thread's last item was of the same head
///   scores = Q · Kᵀ           [48, S], up to the last key that the causal mask shows
///   m, l                      each row's largest score and its sum of exponentials
///   result = e^(scores - m) · V / l
/// </code>
/// </remarks>
unsafe struct AttentionForward<TTile> : IWork where TTile : struct, ITile
{
    readonly AttentionShape shape;
    readonly MatrixView query, key, value, result;
    readonly float* logSum;
    readonly long work;
    readonly int blocks, paddedKeys, paddedValues;
    readonly nint stride;

    public AttentionForward(AttentionShape shape, in MatrixView query, in MatrixView key, in MatrixView value,
        in MatrixView result, float* logSum)
    {
        (this.shape, this.query, this.key, this.value, this.result) = (shape, query, key, value, result);
        this.logSum = logSum;
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
        (int outer, int inner) = (head / shape.Inner, head % shape.Inner);
        float* keys = scratch.Start;
        float* values = keys + (nint)shape.Width * paddedKeys;
        float* queries = values + (nint)shape.Keys * paddedValues;
        float* scores = queries + AttentionBlock.Rows * (nint)shape.Width;
        float* mixed = scores + AttentionBlock.Rows * stride;
        if (scratch.Work != work || scratch.Head != head)
        {
            AttentionBlock.Transpose<TTile>(key.Of(outer, inner), key.Row, key.Column, shape.Keys, shape.Width, keys);
            scratch.IsFinite = AttentionBlock.Copy(value.Of(outer, inner), value.Row, value.Column, shape.Keys,
                shape.ValueWidth, values, shape.Keys, paddedValues) & AreFinite(keys);
            (scratch.Work, scratch.Head) = (work, head);
        }
        int start = block * AttentionBlock.Rows, rows = Math.Min(AttentionBlock.Rows, shape.Queries - start);
        bool isFinite = AttentionBlock.Copy(query.Of(outer, inner) + start * query.Row, query.Row, query.Column, rows,
            shape.Width, queries, AttentionBlock.Rows, shape.Width) & scratch.IsFinite;
        // What is masked counts with a factor of 0, which is nothing unless it meets ∞ or NaN.
        int seen = shape.IsCausal && isFinite ? Math.Min(shape.Keys, start + rows) : shape.Keys;
        AttentionBlock.Multiply<TTile>(queries, shape.Width, 1, rows, keys, (nint)shape.Width * TTile.Columns,
            TTile.Columns, seen, shape.Width, scores, stride, false);
        float* sums = stackalloc float[AttentionBlock.Rows];
        float* logs = logSum == null ? null : logSum + (nint)head * shape.Queries + start;
        for (int r = 0; r < rows; r++)
        {
            int visible = shape.IsCausal ? Math.Min(start + r + 1, shape.Keys) : shape.Keys;
            float most = Exponentials(scores + r * stride, visible, seen, out sums[r]);
            if (logs != null) logs[r] = most + MathF.Log(sums[r]);
        }
        if (result.Data == null) return;
        AttentionBlock.Multiply<TTile>(scores, stride, 1, rows, values, TTile.Columns, paddedValues, shape.ValueWidth,
            seen, mixed, paddedValues, false);
        AttentionBlock.Store(mixed, paddedValues, sums, result.Of(outer, inner) + start * result.Row, result.Row, rows,
            shape.ValueWidth);
    }

    readonly bool AreFinite(float* keys)
    {
        Vector512<float> zeros = Vector512<float>.Zero;
        nint count = (nint)shape.Width * paddedKeys, i = 0;
        for (; i + 16 <= count; i += 16) zeros = Vector512.MultiplyAddEstimate(Vector512.Load(keys + i),
            Vector512<float>.Zero, zeros);
        if (i < count) zeros = Vector512.MultiplyAddEstimate(Vectors.LoadPartial(keys + i, (int)(count - i)),
            Vector512<float>.Zero, zeros);
        return Vectors.Sum(zeros) == 0;
    }

    /// <summary>Turns a row of products into e^(score - largest score); what is masked becomes 0, or NaN.</summary>
    /// <param name="row">[seen].</param>
    /// <param name="visible">How many are not masked, at least 1 unless there are none.</param>
    /// <param name="seen">How many there are.</param>
    /// <param name="sum">Of the exponentials.</param>
    /// <returns>The largest score.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly float Exponentials(float* row, int visible, int seen, out float sum)
    {
        Vector512<float> scale = Vector512.Create(shape.Scale), least = Vector512.Create(float.NegativeInfinity);
        Vector512<float> most = least, total = Vector512<float>.Zero;
        int j = 0;
        for (; j + 16 <= visible; j += 16)
        {
            Vector512<float> x = Vector512.Load(row + j) * scale;
            most = Vector512.Max(most, x);
            x.Store(row + j);
        }
        if (j < visible)
        {
            // Up to the end of the vector there is room, and e^-∞ is 0.
            Vector512<float> x = Vector512.ConditionalSelect(Lanes.Mask(visible - j), Vector512.Load(row + j) * scale,
                least);
            most = Vector512.Max(most, x);
            x.Store(row + j);
        }
        float largest = Vectors.Max(most);
        if (visible < shape.Keys) largest = MathF.Max(largest, AttentionBlock.Masked);
        Vector512<float> shift = Vector512.Create(largest);
        for (j = 0; j < visible; j += 16)
        {
            Vector512<float> e = VectorMath.Exp(Vector512.Load(row + j) - shift);
            total += e;
            e.Store(row + j);
        }
        sum = Vectors.Sum(total);
        if (visible >= seen) return largest;
        float masked = MathF.Exp(AttentionBlock.Masked - largest);
        new Span<float>(row + visible, seen - visible).Fill(masked);
        sum += masked * (seen - visible);
        return largest;
    }
}
