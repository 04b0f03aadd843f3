using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// Who sees whom, what is added to scores, and which weights are dropped. Rows are addressed by key: <c>row[s]</c>
/// belongs to key s, whatever key the memory begins with.
/// </summary>
unsafe struct AttentionMask(AttentionShape shape, in AttentionExtras extras)
{
    readonly AttentionShape shape = shape;
    readonly AttentionExtras extras = extras;
    readonly float growth = (float)(1 / (1 - (double)extras.Dropout));

    /// <summary>Whether scores change by more than a factor before they are compared.</summary>
    public readonly bool HasTerms => extras.Bias.Data != null || extras.Documents != null;

    public readonly bool Drops => extras.Dropout > 0;

    /// <summary>The first key that a query may see and the one behind the last; documents may hide some between.
    /// </summary>
    public readonly (int First, int End) Of(int outer, int query)
    {
        int end = extras.KeyLengths == null ? shape.Keys : Math.Clamp(extras.KeyLengths[outer], 0, shape.Keys);
        if (shape.IsCausal) end = Math.Min(end, query + 1);
        if (shape.Window <= 0) return (0, end);
        return (Math.Max(0, query - shape.Window + 1), (int)Math.Min(end, (long)query + shape.Window));
    }

    /// <summary>Keys outside of which no query of a block sees one; no keys where the end is not behind the first.
    /// </summary>
    public readonly (int First, int End) Of(int outer, int start, int rows)
    {
        (int first, int end) = (Of(outer, start).First, Of(outer, start + rows - 1).End);
        if (extras.Documents == null) return (first, end);
        int* documents = extras.Documents + (nint)outer * shape.Keys;
        int least = int.MaxValue, most = int.MinValue;
        for (int t = start; t < start + rows; t++)
            (least, most) = (Math.Min(least, documents[t]), Math.Max(most, documents[t]));
        Vector512<int> from = Vector512.Create(least), to = Vector512.Create(most);
        while (first + 16 <= end && !IsAmong(documents + first, from, to)) first += 16;
        while (first + 16 <= end && !IsAmong(documents + end - 16, from, to)) end -= 16;
        return (first, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsAmong(int* documents, Vector512<int> from, Vector512<int> to)
    {
        Vector512<int> sixteen = Vector512.Load(documents);
        return (Vector512.GreaterThanOrEqual(sixteen, from) & Vector512.LessThanOrEqual(sixteen, to))
            != Vector512<int>.Zero;
    }

    /// <summary>Products become scores: scaled, with their bias, and -∞ where a document hides the key.</summary>
    /// <param name="row">Behind the last one there is room for a vector.</param>
    /// <param name="outer">The outer place.</param>
    /// <param name="inner">The head of queries.</param>
    /// <param name="query">The row's query.</param>
    /// <param name="first">The first key.</param>
    /// <param name="end">Behind the last key.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void AddTerms(float* row, int outer, int inner, int query, int first, int end)
    {
        MatrixView view = extras.Bias;
        float* bias = view.Data == null ? null : view.Of(outer, inner) + query * view.Row;
        int* documents = extras.Documents == null ? null : extras.Documents + (nint)outer * shape.Keys;
        Vector512<float> scale = Vector512.Create(shape.Scale), hidden = Vector512.Create(float.NegativeInfinity);
        Vector512<int> own = Vector512.Create(documents == null ? 0 : documents[query]);
        for (int s = first; s < end; s += 16)
        {
            int count = Math.Min(16, end - s);
            Vector512<float> score = Vector512.Load(row + s) * scale;
            if (bias != null)
                score += view.Column == 1 ? Vectors.LoadPartial(bias + s, count)
                    : Lanes.LoadStrided(bias + s * view.Column, view.Column, count);
            if (documents != null)
                score = Vector512.ConditionalSelect(
                    Vector512.Equals(Vectors.LoadPartial(documents + s, count), own).AsSingle(), score, hidden);
            score.Store(row + s);
        }
    }

    /// <summary>Drops weights of a row and lets the others grow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Drop(float* row, int head, int query, int first, int end)
    {
        for (int s = first; s < end; s += 16)
            Kept(Vector512.Load(row + s), AreKept(head, query, s)).Store(row + s);
    }

    /// <summary>A weight that is marked by <see cref="Mark"/>, dropped or grown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<float> OfMarked(Vector512<float> marked) =>
        Vector512.ConditionalSelect(Vector512.ShiftRightArithmetic(marked.AsInt32(), 31).AsSingle(),
            Vector512<float>.Zero, marked * growth);

    /// <summary>16 weights, which are not negative, with the sign of those that are dropped turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mark(Vector512<float> weights, Vector512<float> areKept) =>
        Vector512.ConditionalSelect(areKept, weights, -weights);

    /// <summary>Lanes of all bits where a weight is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<float> AreKept(int head, int query, int key)
    {
        // The place in all scores, which may be more than 32 bits count, as every draw takes it.
        int place = unchecked((int)(((long)head * shape.Queries + query) * shape.Keys + key));
        Vector512<float> drawn = VectorMath.RandomUniform(Vector512<int>.Indices + Vector512.Create(place),
            extras.RandomKey0, extras.RandomKey1, extras.Draw);
        return Vector512.GreaterThanOrEqual(drawn, Vector512.Create(extras.Dropout));
    }

    /// <summary>16 weights or their gradients: those that are kept, grown, and zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<float> Kept(Vector512<float> weights, Vector512<float> areKept) =>
        Vector512.ConditionalSelect(areKept, weights * growth, Vector512<float>.Zero);
}
