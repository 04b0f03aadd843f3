using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// A product of few rows with a large matrix, read once from row to row as it lies in memory: tiles would take narrow
/// columns of it, which no processor reads fast. An item is a block of columns of one matrix of the batch, with all
/// of k; its sums stay in the first-level cache.
/// </summary>
/// <remarks>Every element is summed in the order of k, in one part.</remarks>
unsafe struct GemmSweep<TEpilogue> : IWork where TEpilogue : unmanaged, IGemmEpilogue
{
    const int MostRows = 16;
    const long LeastElements = 1 << 17;    // of B: half of a second-level cache, from which tiles read fast enough
    const int MostSums = 4096;             // 16 KiB, half a first-level cache
    const int LeastColumns = 64;
    const int Parts = 16;                  // of the columns, for threads to share

    readonly MatrixView a, b, c;
    readonly int inner, m, n, k, width, blocks, sumStride;
    TEpilogue epilogue;

    public GemmSweep(int outer, int inner, int m, int n, int k, in MatrixView a, in MatrixView b, in MatrixView c,
        in TEpilogue epilogue)
    {
        (this.a, this.b, this.c, this.epilogue) = (a, b, c, epilogue);
        (this.inner, this.m, this.n, this.k) = (inner, m, n, k);
        // Few rows have long sums: the longer B is read at a stretch, the sooner memory answers.
        width = GemmBlocking.RoundUp(Math.Clamp(n / Parts, LeastColumns, MostSums / m), LeastColumns);
        sumStride = width + 16;
        blocks = GemmBlocking.Count(n, width);
        Items = checked(outer * inner * blocks);
    }

    public int Items { get; }

    /// <summary>Whether a product is of this kind; depends on shapes and strides alone.</summary>
    public static bool Suits(int m, int n, int k, in MatrixView b) =>
        m <= MostRows && b.Column == 1 && n >= LeastColumns && (long)n * k >= LeastElements;

    public void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
        {
            int matrix = item / blocks, column = item % blocks * width, columns = Math.Min(width, n - column);
            float* from = b.Of(matrix / inner, matrix % inner) + column;
            float* rows = a.Of(matrix / inner, matrix % inner);
            float* to = c.Of(matrix / inner, matrix % inner) + column;
            Sweep(rows, from, to, columns);
            for (int j = 0; j < columns; j += GemmBlocking.TileColumns)
            {
                int tile = Math.Min(GemmBlocking.TileColumns, columns - j);
                epilogue.Apply(to + j, c.Row, matrix / inner, matrix % inner, 0, column + j, m, tile);
            }
        }
    }

    /// <summary>Sums of a block of columns, kept together: rows of c may push each other out of the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Sweep(float* rows, float* from, float* to, int columns)
    {
        float* sums = PackingBuffers.OfThread.A;
        int whole = columns / 16 * 16, i = 0;
        new Span<float>(sums, m * sumStride).Clear();
        for (; i + 8 <= k; i += 8, rows += 8 * a.Column, from += 8 * b.Row)
        {
            for (int j = 0; j < whole; j += 16) EightRows(rows, from + j, sums + j);
            if (whole < columns) Rest(rows, from, sums + whole, whole, columns, 8);
        }
        for (; i < k; i++, rows += a.Column, from += b.Row)
        {
            for (int j = 0; j < whole; j += 16)
            {
                Vector512<float> x = Vector512.Load(from + j);
                float* sum = sums + j;
                for (int r = 0; r < m; r++, sum += sumStride)
                    Vector512.MultiplyAddEstimate(Vector512.Create(rows[r * a.Row]), x, Vector512.Load(sum)).Store(sum);
            }
            if (whole < columns) Rest(rows, from, sums + whole, whole, columns, 1);
        }
        for (int r = 0; r < m; r++)
            new Span<float>(sums + r * sumStride, columns).CopyTo(new Span<float>(to + r * c.Row, columns));
    }

    /// <summary>Adds eight rows of b, sixteen columns of them, to every row of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void EightRows(float* row, float* from, float* sum)
    {
        nint stride = b.Row, along = a.Column, three = 3 * along;
        float* from3 = from + 3 * stride;
        float* from6 = from3 + 3 * stride;
        if (Sse.IsSupported) Prefetch(from + 8 * stride, stride);
        Vector512<float> b0 = Vector512.Load(from), b1 = Vector512.Load(from + stride);
        Vector512<float> b2 = Vector512.Load(from + 2 * stride), b3 = Vector512.Load(from3);
        Vector512<float> b4 = Vector512.Load(from3 + stride), b5 = Vector512.Load(from3 + 2 * stride);
        Vector512<float> b6 = Vector512.Load(from6), b7 = Vector512.Load(from6 + stride);
        for (int r = 0; r < m; r++, row += a.Row, sum += sumStride)
        {
            float* second = row + 4 * along;
            Vector512<float> s = Vector512.MultiplyAddEstimate(Vector512.Create(row[0]), b0, Vector512.Load(sum));
            s = Vector512.MultiplyAddEstimate(Vector512.Create(row[along]), b1, s);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(row[2 * along]), b2, s);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(row[three]), b3, s);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(second[0]), b4, s);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(second[along]), b5, s);
            s = Vector512.MultiplyAddEstimate(Vector512.Create(second[2 * along]), b6, s);
            Vector512.MultiplyAddEstimate(Vector512.Create(second[three]), b7, s).Store(sum);
        }
    }

    /// <summary>Asks for what the next eight rows hold; what lies behind the last is never read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(float* from, nint stride)
    {
        for (int i = 0; i < 8; i++, from += stride) Sse.Prefetch0(from);
    }

    readonly void Rest(float* row, float* from, float* sum, int whole, int columns, int count)
    {
        int rest = columns - whole;
        for (int r = 0; r < m; r++, row += a.Row, sum += sumStride)
        {
            Vector512<float> s = Vector512.Load(sum);
            for (int i = 0; i < count; i++)
                s = Vector512.MultiplyAddEstimate(Vector512.Create(row[i * a.Column]),
                    Vectors.LoadPartial(from + i * b.Row + whole, rest), s);
            s.Store(sum);
        }
    }
}
