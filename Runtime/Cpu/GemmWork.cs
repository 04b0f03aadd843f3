using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// A matrix product as work items. An item is one block of rows of one chunk of columns of one matrix of the batch,
/// with all of k: the operands are packed by the thread that needs them, so threads wait for each other only at the
/// end.
/// </summary>
/// <remarks>
/// <code>
/// for item                                   batch, chunk of columns, block of rows
///   pack the chunk's columns of B            unless the last item had the same
///   for depth                                up to 384 of k
///     pack the block's rows of A             second-level cache; whole tiles of rows in order are read where they lie
///     for 64 columns
///       for panel of B, for panel of A       first-level cache
///         tile                               registers
///       epilogue                             after the last depth
/// </code>
/// </remarks>
unsafe struct GemmWork<TTile, TEpilogue> : IWork
    where TTile : struct, ITile
    where TEpilogue : unmanaged, IGemmEpilogue
{
    readonly MatrixView a, b, c;
    readonly int inner, m, n, k;
    readonly int blockRows, chunkColumns, depth;
    readonly int blocks, chunks;
    readonly long product;
    readonly bool readsA;       // rows of A in order are read where they lie: nothing is won by packing them
    readonly bool packsB;       // where few rows use B, it is faster read where it lies
    readonly nint tileStride;   // from row to row of what tiles are summed in: C, or the thread's own memory
    readonly bool keepsB;       // all of k of a chunk's packed columns fit the buffer, for the next block of rows
    TEpilogue epilogue;

    /// <param name="threads">Only decides how many columns an item has, which no element of C depends on.</param>
    /// <param name="product">A number no other product has.</param>
    public GemmWork(int threads, long product, int outer, int inner, int m, int n, int k,
        in MatrixView a, in MatrixView b, in MatrixView c, in TEpilogue epilogue)
    {
        (this.a, this.b, this.c, this.epilogue, this.product) = (a, b, c, epilogue, product);
        (this.inner, this.m, this.n, this.k) = (inner, m, n, k);
        blockRows = GemmBlocking.EqualParts(m, GemmBlocking.Rows, TTile.Rows);
        blocks = GemmBlocking.Count(m, blockRows);
        depth = GemmBlocking.EqualParts(k, GemmBlocking.Depth, 1);
        readsA = a.Type == MatrixType.Float32 && a.Column == 1 && !Crowds(a.Row);
        packsB = b.Type != MatrixType.Float32 || b.Column != 1 || m > 2 * TTile.Rows;
        int least = packsB ? 2 * GemmBlocking.TileColumns : GemmBlocking.TileColumns;
        chunkColumns = GemmBlocking.EqualParts(n, GemmBlocking.ChunkColumns, GemmBlocking.TileColumns);
        long rows = (long)outer * inner * blocks;
        while (chunkColumns > least && !GemmBlocking.IsBalanced(rows * GemmBlocking.Count(n, chunkColumns), threads))
            chunkColumns = GemmBlocking.RoundUp(chunkColumns / 2, GemmBlocking.TileColumns);
        chunks = GemmBlocking.Count(n, chunkColumns);
        tileStride = c.Data is null ? chunkColumns : c.Row;
        keepsB = (long)k * chunkColumns <= PackingBuffers.CapacityB;
        Items = checked((int)(rows * chunks));
        Grain = GemmBlocking.IsBalanced(Items / blocks, threads) ? blocks : 1;
    }

    public int Items { get; }

    /// <summary>
    /// Items a thread should take together: all that share packed columns, if there is then still enough to share.
    /// </summary>
    public int Grain { get; }

    /// <summary>
    /// Whether the rows of a tile, so many elements apart, push each other out of a first-level cache of 64 sets of 8
    /// lines of 64 bytes: then they are packed.
    /// </summary>
    static bool Crowds(nint stride)
    {
        const int Sets = 64, Ways = 8, Line = 16;
        if (stride % Line != 0) return false;
        nint lines = stride / Line, step = lines & -lines;
        return Sets / Math.Clamp(step, 1, Sets) * Ways < TTile.Rows;
    }

    public void Run(int first, int last)
    {
        PackingBuffers buffers = PackingBuffers.OfThread;
        for (int item = first; item < last; item++)
        {
            int matrix = item / (blocks * chunks), chunk = item / blocks % chunks, block = item % blocks;
            RunItem(buffers, matrix / inner, matrix % inner, block * blockRows, chunk * chunkColumns);
        }
    }

    [SkipLocalsInit]
    void RunItem(PackingBuffers buffers, int outer, int inner, int row, int column)
    {
        int rows = Math.Min(blockRows, m - row), columns = Math.Min(chunkColumns, n - column);
        int packedColumns = GemmBlocking.RoundUp(columns, TTile.Columns);
        byte* aStart = a.Bytes(outer, inner) + row * a.Row * a.Size;
        byte* bStart = b.Bytes(outer, inner) + column * b.Column * b.Size;
        float* cStart = c.Data is null ? buffers.C : c.Of(outer, inner) + row * c.Row + column;
        bool isPacked = buffers.Product == product && buffers.Columns == bStart && buffers.Column == column;
        float* edge = stackalloc float[TTile.Rows * TTile.Columns];
        int from = 0;
        do
        {
            int length = Math.Min(depth, k - from);
            float* packedB = keepsB ? buffers.B + (nint)from * packedColumns : buffers.B;
            if (!isPacked) PackB(bStart + from * b.Row * b.Size, columns, length, packedB);
            byte* aFrom = aStart + from * a.Column * a.Size;
            int whole = readsA ? rows / TTile.Rows * TTile.Rows : 0;
            PackA(aFrom + whole * a.Row * a.Size, rows - whole, length, buffers.A);
            bool isLast = from + length == k;
            for (int j = 0; j < columns; j += GemmBlocking.TileColumns)
            {
                int width = Math.Min(GemmBlocking.TileColumns, columns - j);
                for (int p = j; p < j + width; p += TTile.Columns)
                {
                    bool isPackedPanel = packsB || columns - p < TTile.Columns;
                    float* panel = isPackedPanel ? packedB + (nint)p * length : (float*)bStart + from * b.Row + p;
                    nint stride = isPackedPanel ? TTile.Columns : b.Row;
                    MultiplyPanel((float*)aFrom, whole, buffers.A, panel, stride, cStart + p, rows, columns - p, length,
                        from > 0, edge);
                }
                if (isLast) epilogue.Apply(cStart + j, tileStride, outer, inner, row, column + j, rows, width);
            }
            from += length;
        }
        while (from < k);
        if (!keepsB) return;
        buffers.Product = product;
        buffers.Columns = bStart;
        buffers.Column = column;
    }

    /// <summary>One panel of columns times all panels of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void MultiplyPanel(
        float* from, int whole, float* packedA, float* panel, nint panelStride, float* to, int rows, int columns,
        int length, bool accumulate, float* edge)
    {
        for (int r = 0; r < rows; r += TTile.Rows)
        {
            bool isPacked = r >= whole;
            float* strip = isPacked ? packedA + (nint)(r - whole) * length : from + r * a.Row;
            (nint row, nint along) = isPacked ? (1, TTile.Rows) : (a.Row, a.Column);
            float* tile = to + r * tileStride;
            int tileRows = Math.Min(TTile.Rows, rows - r);
            if (columns >= TTile.Columns)
            {
                TTile.Multiply(strip, row, along, panel, panelStride, tile, tileStride, length, tileRows, TTile.Columns,
                    accumulate);
                continue;
            }
            // A tile over the right edge of C is made elsewhere, with the same sums.
            TTile.Multiply(strip, row, along, panel, panelStride, edge, TTile.Columns, length, tileRows, columns,
                false);
            for (int i = 0; i < tileRows; i++) StoreEdge(edge + i * TTile.Columns, tile + i * tileStride, columns,
                accumulate);
        }
    }

    static void StoreEdge(float* from, float* to, int columns, bool accumulate)
    {
        for (int j = 0; j < columns; j += 16)
        {
            int count = Math.Min(16, columns - j);
            Vector512<float> sum = Vectors.LoadPartial(from + j, count);
            if (accumulate) sum += Vectors.LoadPartial(to + j, count);
            Vectors.StorePartial(to + j, sum, count);
        }
    }

    readonly void PackA(byte* from, int rows, int length, float* to) =>
        Packing.Strips(from, a, a.Row, a.Column, rows, length, to, TTile.Rows);

    readonly void PackB(byte* from, int columns, int length, float* to)
    {
        int first = packsB ? 0 : columns / TTile.Columns * TTile.Columns;
        Packing.Strips(from + first * b.Column * b.Size, b, b.Column, b.Row, columns - first, length,
            to + (nint)first * length, TTile.Columns);
    }
}
