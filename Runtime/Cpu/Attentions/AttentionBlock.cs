using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>What the passes of attention have in common: copies with zeros around them, and small products.</summary>
static unsafe class AttentionBlock
{
    /// <summary>Rows of scores that exist at a time; a multiple of every tile's rows.</summary>
    public const int Rows = 48;

    /// <summary>
    /// Elements from one row of scores to the next: tiles end within it, and rows lie in different sets of a cache.
    /// </summary>
    public static nint ScoreStride(int keys) => GemmBlocking.RoundUp(keys, 32) + 16;

    /// <summary>Keys that a block's scores are computed of: from a tile's first one; none where both are equal.
    /// </summary>
    /// <param name="mask">Who sees whom.</param>
    /// <param name="keys">How many there are.</param>
    /// <param name="outer">The outer place.</param>
    /// <param name="start">The block's first query.</param>
    /// <param name="rows">Its queries.</param>
    /// <param name="isFinite">
    /// Whether all numbers are: what is hidden counts with a factor of 0, which is nothing unless it meets ∞ or NaN.
    /// </param>
    public static (int From, int To) Seen<TTile>(in AttentionMask mask, int keys, int outer, int start, int rows,
        bool isFinite) where TTile : struct, ITile
    {
        if (!isFinite) return (0, keys);
        (int first, int end) = mask.Of(outer, start, rows);
        return first < end ? (first / TTile.Columns * TTile.Columns, end) : (0, 0);
    }

    /// <summary>c = a · b, or c += a · b.</summary>
    /// <param name="a">[rows, k]; rows of a whole tile are read, whatever the number.</param>
    /// <param name="aRow">Elements from one row of a to the next.</param>
    /// <param name="aAlong">Elements from one k to the next.</param>
    /// <param name="rows">Rows that are written.</param>
    /// <param name="b">Panels of a tile's columns.</param>
    /// <param name="panel">Elements from one panel to the next.</param>
    /// <param name="bStride">Elements from one row of a panel to the next.</param>
    /// <param name="columns">Columns that count.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="c">[rows, columns], with room for whole tiles of columns.</param>
    /// <param name="cStride">Elements from one row of c to the next.</param>
    /// <param name="accumulate">Whether c already holds a sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TTile>(float* a, nint aRow, nint aAlong, int rows, float* b, nint panel, nint bStride,
        int columns, int k, float* c, nint cStride, bool accumulate) where TTile : struct, ITile
    {
        for (int p = 0; p < columns; p += TTile.Columns, b += panel)
            for (int r = 0; r < rows; r += TTile.Rows)
                TTile.Multiply(a + r * aRow, aRow, aAlong, b, bStride, c + r * cStride + p, cStride, k,
                    Math.Min(TTile.Rows, rows - r), Math.Min(TTile.Columns, columns - p), accumulate);
    }

    /// <summary>Copies rows, with zeros behind each and rows of zeros behind the last.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="row">Elements from one row to the next.</param>
    /// <param name="column">Elements from one column to the next.</param>
    /// <param name="rows">Rows that exist.</param>
    /// <param name="columns">Columns that exist.</param>
    /// <param name="to">[all, stride].</param>
    /// <param name="all">Rows to write.</param>
    /// <param name="stride">Columns to write.</param>
    /// <returns>Whether every number is finite.</returns>
    public static bool Copy(float* from, nint row, nint column, int rows, int columns, float* to, int all, int stride)
    {
        Vector512<float> zeros = Vector512<float>.Zero;
        for (int i = 0; i < rows; i++, from += row, to += stride)
        {
            int j = 0;
            for (; j + 16 <= columns && column == 1; j += 16)
            {
                Vector512<float> x = Vector512.Load(from + j);
                zeros = Vector512.MultiplyAddEstimate(x, Vector512<float>.Zero, zeros);
                x.Store(to + j);
            }
            for (; j < columns; j += 16)
            {
                int count = Math.Min(16, columns - j);
                Vector512<float> x = Lanes.LoadStrided(from + j * column, column, count);
                zeros = Vector512.MultiplyAddEstimate(x, Vector512<float>.Zero, zeros);
                Vectors.StorePartial(to + j, x, count);
            }
            new Span<float>(to + columns, stride - columns).Clear();
        }
        new Span<float>(to, (all - rows) * stride).Clear();
        // 0 times anything finite is 0.
        return Vectors.Sum(zeros) == 0;
    }

    /// <summary>Whether every number is finite.</summary>
    public static bool AreFinite(float* from, nint count)
    {
        Vector512<float> zeros = Vector512<float>.Zero;
        nint i = 0;
        for (; i + 16 <= count; i += 16)
            zeros = Vector512.MultiplyAddEstimate(Vector512.Load(from + i), Vector512<float>.Zero, zeros);
        if (i < count)
            zeros = Vector512.MultiplyAddEstimate(Vectors.LoadPartial(from + i, (int)(count - i)),
                Vector512<float>.Zero, zeros);
        return Vectors.Sum(zeros) == 0;
    }

    /// <summary>Copies the transpose into panels of a tile's columns: rows of the matrix become columns.</summary>
    /// <param name="from">The matrix' first row, [rows, depth].</param>
    /// <param name="row">Elements from one row to the next.</param>
    /// <param name="column">Elements from one column to the next.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="depth">Its columns.</param>
    /// <param name="to">[panels, depth, columns of a tile].</param>
    public static void Transpose<TTile>(float* from, nint row, nint column, int rows, int depth, float* to)
        where TTile : struct, ITile
    {
        for (int p = 0; p < rows; p += TTile.Columns)
            Packing.Strip(from + p * row, row, column, Math.Min(TTile.Columns, rows - p), depth, to + (nint)p * depth,
                TTile.Columns);
    }

    /// <summary>Adds rows of a block: to += from.</summary>
    public static void Add(float* from, nint stride, float* to, nint row, int rows, int columns)
    {
        for (int i = 0; i < rows; i++, from += stride, to += row)
            for (int j = 0; j < columns; j += 16)
            {
                int count = Math.Min(16, columns - j);
                Vectors.StorePartial(to + j,
                    Vectors.LoadPartial(to + j, count) + Vectors.LoadPartial(from + j, count), count);
            }
    }

    /// <summary>Writes rows out of a block: to = from / divisor of the row, or as they are.</summary>
    public static void Store(float* from, nint stride, float* divisors, float* to, nint row, int rows, int columns)
    {
        for (int i = 0; i < rows; i++, from += stride, to += row)
        {
            Vector512<float> divisor = Vector512.Create(divisors == null ? 1 : divisors[i]);
            for (int j = 0; j < columns; j += 16)
            {
                int count = Math.Min(16, columns - j);
                Vectors.StorePartial(to + j, Vectors.LoadPartial(from + j, count) / divisor, count);
            }
        }
    }
}
