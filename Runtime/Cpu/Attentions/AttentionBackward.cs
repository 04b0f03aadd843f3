using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// An item is one head of keys with the heads of queries that read it, or one of several parts of those where heads are
/// few. Its queries go by in blocks of 48, the last ones first: where they see every key, their sums begin those of the
/// keys' and values' gradients.
/// </summary>
/// <remarks>
/// <code>
/// for block of queries
///   P, dS                     again: see <see cref="AttentionAgain{TTile}"/>
///   dQ = dS · K    dK += dSᵀ · Q    dV += Pᵀ · dY
/// </code>
/// What parts there are follows from the sizes alone, and <see cref="AttentionSums"/> adds them in their order.
/// </remarks>
unsafe struct AttentionBackward<TTile> : IWork where TTile : struct, ITile
{
    /// <summary>Items that keep the threads of most machines busy.</summary>
    const int EnoughItems = 16;

    /// <summary>A part has so many blocks at least, lest clearing and adding its sums is what takes the time.</summary>
    const int LeastBlocks = 4;

    readonly AttentionShape shape;
    readonly AttentionOperands operands;
    readonly AttentionAgain<TTile> again;
    readonly long work;
    readonly int blocks, rowsOfKeys;
    readonly float* sums;

    /// <param name="shape">Sizes.</param>
    /// <param name="operands">What it reads and writes.</param>
    /// <param name="memory">For the sums of parts.</param>
    public AttentionBackward(AttentionShape shape, in AttentionOperands operands, AttentionScratch memory)
    {
        (this.shape, this.operands) = (shape, operands);
        again = new AttentionAgain<TTile>(shape, operands, shape.Scale);
        work = Gemm.NextProduct();
        blocks = GemmBlocking.Count(shape.Queries, AttentionBlock.Rows);
        rowsOfKeys = GemmBlocking.RoundUp(shape.Keys, TTile.Rows);
        Parts = Math.Clamp(EnoughItems / Math.Max(1, shape.AllKeyHeads), 1,
            Math.Max(1, blocks * shape.Group / LeastBlocks));
        sums = Parts == 1 ? null : memory.Shared(Items * SumElements);
    }

    /// <summary>Parts of a head of keys.</summary>
    public int Parts { get; }

    public readonly int Items => checked(shape.AllKeyHeads * Parts);

    /// <summary>Of an item: gradients of keys and of values, padded.</summary>
    readonly long SumElements => (long)rowsOfKeys * (again.PaddedWidth + again.PaddedValues);

    /// <summary>Puts the parts together.</summary>
    public readonly AttentionSums Sums => new(shape, operands, sums, Parts, SumElements,
        (nint)rowsOfKeys * again.PaddedWidth, again.PaddedWidth, again.PaddedValues);

    readonly long Elements => again.Elements + AttentionBlock.Rows * (nint)again.PaddedWidth
        + (long)rowsOfKeys * again.PaddedWidth + (Parts == 1 ? SumElements : 0);

    public void Run(int first, int last)
    {
        AttentionScratch scratch = AttentionScratch.OfThread(Elements);
        AttentionAgain<TTile> again = this.again;
        float* dQueries = again.Place(scratch.Start);
        float* keys = dQueries + AttentionBlock.Rows * (nint)again.PaddedWidth;
        float* own = keys + (nint)rowsOfKeys * again.PaddedWidth;
        for (int item = first; item < last; item++)
        {
            int keyHead = item / Parts;
            if (scratch.Work != work || scratch.Head != keyHead)
            {
                int keyHeads = shape.Inner / shape.Group;
                MatrixView key = operands.key;
                AttentionBlock.Copy(key.Of(keyHead / keyHeads, keyHead % keyHeads), key.Row, key.Column, shape.Keys,
                    shape.Width, keys, shape.Keys, again.PaddedWidth);
                scratch.IsFinite = again.Pack(keyHead);
                (scratch.Work, scratch.Head) = (work, keyHead);
            }
            RunItem(again, keyHead, item % Parts, scratch.IsFinite, keys, dQueries,
                Parts == 1 ? own : sums + item * SumElements);
        }
    }

    readonly void RunItem(in AttentionAgain<TTile> again, int keyHead, int part, bool isFinite, float* keys,
        float* dQueries, float* dKeys)
    {
        float* dValues = dKeys + (nint)rowsOfKeys * again.PaddedWidth;
        bool hasBegun = false;
        for (int i = blocks * shape.Group - 1 - part; i >= 0; i -= Parts)
        {
            int head = keyHead * shape.Group + i / blocks, start = i % blocks * AttentionBlock.Rows;
            int rows = Math.Min(AttentionBlock.Rows, shape.Queries - start);
            (int from, int to) = again.Run(head, start, rows, isFinite);
            if (!hasBegun && (from > 0 || to < shape.Keys)) hasBegun = Clear(again, dKeys, dValues);
            Add(again, rows, from, to, dKeys, dValues, hasBegun);
            hasBegun = true;
            if (operands.dQuery.Data == null) continue;
            AttentionBlock.Multiply<TTile>(again.ScoreGradients, again.Stride, 1, rows,
                keys + (nint)from * again.PaddedWidth, TTile.Columns, again.PaddedWidth, shape.Width, to - from,
                dQueries, again.PaddedWidth, false);
            Store(operands.dQuery, head / shape.Inner, head % shape.Inner, start, rows, shape.Width, dQueries,
                again.PaddedWidth);
        }
        if (!hasBegun) Clear(again, dKeys, dValues);
        if (Parts > 1) return;
        int keyHeads = shape.Inner / shape.Group;
        Store(operands.dKey, keyHead / keyHeads, keyHead % keyHeads, 0, shape.Keys, shape.Width, dKeys,
            again.PaddedWidth);
        Store(operands.dValue, keyHead / keyHeads, keyHead % keyHeads, 0, shape.Keys, shape.ValueWidth, dValues,
            again.PaddedValues);
    }

    readonly bool Clear(in AttentionAgain<TTile> again, float* dKeys, float* dValues)
    {
        new Span<float>(dKeys, shape.Keys * again.PaddedWidth).Clear();
        new Span<float>(dValues, shape.Keys * again.PaddedValues).Clear();
        return true;
    }

    readonly void Add(in AttentionAgain<TTile> again, int rows, int from, int to, float* dKeys, float* dValues,
        bool accumulate)
    {
        if (operands.dKey.Data != null)
            AttentionBlock.Multiply<TTile>(again.ScoreGradients, 1, again.Stride, to - from, again.Queries,
                TTile.Columns, again.PaddedWidth, shape.Width, rows, dKeys + (nint)from * again.PaddedWidth,
                again.PaddedWidth, accumulate);
        if (operands.dValue.Data != null)
            AttentionBlock.Multiply<TTile>(again.Weights, 1, again.Stride, to - from, again.ResultGradients,
                TTile.Columns, again.PaddedValues, shape.ValueWidth, rows, dValues + (nint)from * again.PaddedValues,
                again.PaddedValues, accumulate);
    }

    static void Store(in MatrixView to, int outer, int inner, int start, int rows, int columns, float* from, int stride)
    {
        if (to.Data == null) return;
        AttentionBlock.Store(from, stride, null, to.Of(outer, inner) + start * to.Row, to.Row, rows, columns);
    }
}
