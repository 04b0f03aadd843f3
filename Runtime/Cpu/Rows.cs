using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Routines that move whole rows: gathers, scatters, paddings, concatenations. All of them give the same bits for any
/// number of threads.
/// </summary>
public static unsafe partial class Rows
{
    const int Segment = 16384;   // elements a work item moves: 64 KiB, which take about as long as waking a thread
    const int Columns = 64;      // columns a work item of a scatter owns: four cache lines of each row

    /// <summary>Copies rows of a table: <c>result[i, ..] = table[rows[i], ..]</c>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="table">[V, width].</param>
    /// <param name="rows">[count]; in [0, V), which the caller has checked: this routine does not know V.</param>
    /// <param name="result">[count, width].</param>
    /// <param name="count">Rows to copy.</param>
    /// <param name="width">Elements of a row.</param>
    public static void Gather(WorkerPool pool, float* table, int* rows, float* result, long count, long width) =>
        Measured("gather", 2 * count * width, pool, new GatherRows(table, rows, result, width), Items(count),
            Grain(width));

    /// <summary>Copies rows of a table, chosen by numbers that were computed: nobody has checked them.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="table">[height, width].</param>
    /// <param name="rows">[count]; in [0, height).</param>
    /// <param name="result">[count, width].</param>
    /// <param name="count">Rows to copy.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    public static void Gather(WorkerPool pool, float* table, int* rows, float* result, long count, long width,
        long height)
    {
        for (long i = 0; i < count; i++)
            if ((uint)rows[i] >= height)
                throw new ArgumentOutOfRangeException(nameof(rows), rows[i],
                    $"Gather: number {i} of {count} asks for row {rows[i]} of a table with rows 0 to {height - 1}. " +
                        "Check what the rows are computed of.");
        Gather(pool, table, rows, result, count, width);
    }

    /// <inheritdoc cref="Gather(WorkerPool, float*, int*, float*, long, long)"/>
    public static void Gather(WorkerPool pool, int* table, int* rows, int* result, long count, long width) =>
        Gather(pool, (float*)table, rows, (float*)result, count, width);

    /// <summary>
    /// Adds rows into a table of zeros, in the order of the rows: <c>result[rows[i], ..] += values[i, ..]</c>.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="values">[count, width].</param>
    /// <param name="rows">[count]; in [0, height).</param>
    /// <param name="result">[height, width]; what it held is lost.</param>
    /// <param name="count">Rows to add.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="height">Rows of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row lies outside of the result.</exception>
    /// <remarks>Each work item owns some columns and walks all rows, so every sum has one fixed order.</remarks>
    public static void ScatterAdd(WorkerPool pool, float* values, int* rows, float* result, long count, long width,
        long height)
    {
        long blocks = (width + Columns - 1) / Columns;
        int grain = Grain((count + height) * Math.Min(width, Columns));
        Measured("scatter-add", (count + height) * width, pool,
            new ScatterAddColumns(values, rows, result, count, width, height, Columns), Items(blocks), grain);
    }

    /// <summary>Writes one slice of a stack of zeros: <c>result[index, ..] = from</c>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[size].</param>
    /// <param name="result">[count, size].</param>
    /// <param name="size">Elements of a slice.</param>
    /// <param name="index">Which slice, in [0, count).</param>
    /// <param name="count">Slices of the result.</param>
    public static void Place(WorkerPool pool, float* from, float* result, long size, long index, long count) =>
        Pad(pool, from, result, 1, size, index * size, count * size);

    /// <inheritdoc cref="Place(WorkerPool, float*, float*, long, long, long)"/>
    public static void Place(WorkerPool pool, int* from, int* result, long size, long index, long count) =>
        Place(pool, (float*)from, (float*)result, size, index, count);

    /// <summary>Puts rows into longer rows of zeros: <c>result[o, start + j] = from[o, j]</c>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Number of rows.</param>
    /// <param name="length">Elements of a row of <paramref name="from"/>.</param>
    /// <param name="start">Where in its longer row each row starts, in elements.</param>
    /// <param name="total">Elements of a row of <paramref name="result"/>, at least start + length.</param>
    public static void Pad(WorkerPool pool, float* from, float* result, long outer, long length, long start, long total)
    {
        long segments = (total + Segment - 1) / Segment;
        Measured("pad", outer * (length + total), pool,
            new PadRows(from, result, length, start, total, segments, Segment), Items(outer * segments), Grain(total));
    }

    /// <inheritdoc cref="Pad(WorkerPool, float*, float*, long, long, long, long)"/>
    public static void Pad(WorkerPool pool, int* from, int* result, long outer, long length, long start, long total) =>
        Pad(pool, (float*)from, (float*)result, outer, length, start, total);

    /// <summary>
    /// Writes one part of a concatenation, and nothing else of it: <c>result[o, start + j] = from[o, j]</c>.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[outer, length].</param>
    /// <param name="result">[outer, total].</param>
    /// <param name="outer">Number of rows.</param>
    /// <param name="length">Elements of a row of <paramref name="from"/>.</param>
    /// <param name="start">Where in its longer row each row starts, in elements.</param>
    /// <param name="total">Elements of a row of <paramref name="result"/>, at least start + length.</param>
    public static void Insert(WorkerPool pool, float* from, float* result, long outer, long length, long start,
        long total)
    {
        long segments = (length + Segment - 1) / Segment;
        Measured("copy", 2 * outer * length, pool,
            new InsertRows(from, result + start, length, total, segments, Segment), Items(outer * segments),
            Grain(length));
    }

    /// <inheritdoc cref="Insert(WorkerPool, float*, float*, long, long, long, long)"/>
    public static void Insert(WorkerPool pool, int* from, int* result, long outer, long length, long start,
        long total) =>
        Insert(pool, (float*)from, (float*)result, outer, length, start, total);

    /// <summary>
    /// Sums of everything up to each place: <c>result[o, t, i] = from[o, 0, i] + .. + from[o, t, i]</c>.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[outer, length, inner].</param>
    /// <param name="result">[outer, length, inner]; may be <paramref name="from"/>.</param>
    /// <param name="outer">Of the axes before.</param>
    /// <param name="length">Of the axis that is summed over.</param>
    /// <param name="inner">Of the axes behind.</param>
    /// <param name="reversed">Whether to sum from the last place down.</param>
    public static void CumulativeSum(WorkerPool pool, float* from, float* result, long outer, long length, long inner,
        bool reversed)
    {
        long blocks = (inner + Columns - 1) / Columns;
        pool.Run(new CumulativeSumColumns(from, result, length, inner, blocks, Columns, reversed),
            Items(outer * blocks), Grain(length * Math.Min(inner, Columns)));
    }

    /// <summary>Turns an axis round: <c>result[o, t, i] = from[o, length - 1 - t, i]</c>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[outer, length, inner].</param>
    /// <param name="result">[outer, length, inner]; no memory of <paramref name="from"/>.</param>
    /// <param name="outer">Of the axes before.</param>
    /// <param name="length">Of the axis that is turned.</param>
    /// <param name="inner">Of the axes behind.</param>
    public static void Flip(WorkerPool pool, float* from, float* result, long outer, long length, long inner) =>
        pool.Run(new FlipRows(from, result, length, inner), Items(outer), Grain(length * inner));

    /// <summary>Copies elements.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="from">[size].</param>
    /// <param name="to">[size]; must not overlap <paramref name="from"/>, except by being the same memory.</param>
    /// <param name="size">Number of elements.</param>
    public static void Copy(WorkerPool pool, float* from, float* to, long size)
    {
        if (from != to) Insert(pool, from, to, 1, size, 0, size);
    }

    /// <inheritdoc cref="Copy(WorkerPool, float*, float*, long)"/>
    public static void Copy(WorkerPool pool, int* from, int* to, long size) =>
        Copy(pool, (float*)from, (float*)to, size);

    static void Measured<TWork>(string name, long elements, WorkerPool pool, TWork work, int items, int grain)
        where TWork : unmanaged, IWork
    {
        long start = KernelProfile.Start();
        pool.Run(work, items, grain);
        if (start != 0) KernelProfile.End(start, null, name, 0, (double)elements * sizeof(float));
    }

    static int Items(long count) => checked((int)count);

    /// <summary>How many items of so many elements are worth a thread's trouble.</summary>
    static int Grain(long elements) => (int)Math.Max(1, Segment / Math.Max(1, Math.Min(elements, Segment)));

    internal static void Move(float* from, float* to, long count) =>
        Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));

    internal static void Clear(float* to, long count) => NativeMemory.Clear(to, (nuint)count * sizeof(float));
}
