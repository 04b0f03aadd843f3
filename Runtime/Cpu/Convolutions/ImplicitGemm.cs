using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Matrix products with operands that exist only as packed panels. An item is one block of rows of one chunk of columns
/// of one group, with all of k.
/// </summary>
/// <remarks>
/// <code>
/// for item                                   group, chunk of columns, block of rows
///   for slice of k                           up to 384
///     pack the chunk's columns of B          unless the last item had the same
///     pack the block's rows of A             second-level cache
///     for panel of B, for panel of A         first-level cache
///       tile                                 registers, sums in a block of their own
///   store the block
/// </code>
/// </remarks>
unsafe struct ImplicitGemm<TTile, TProduct> : IWork
    where TTile : struct, ITile
    where TProduct : unmanaged, IImplicitProduct
{
    readonly int blockRows, blocks, chunks;
    readonly long number;
    readonly bool keepsB;
    TProduct product;

    /// <param name="product">What to multiply.</param>
    /// <param name="number">A number no other product has.</param>
    public ImplicitGemm(in TProduct product, long number)
    {
        (this.product, this.number) = (product, number);
        blockRows = GemmBlocking.EqualParts(product.Rows, GemmBlocking.Rows, TTile.Rows);
        blocks = GemmBlocking.Count(product.Rows, blockRows);
        chunks = product.Chunks;
        int packed = GemmBlocking.RoundUp(product.LargestChunk, TTile.Columns);
        keepsB = blocks > 1 && (long)product.Depth * packed <= PackingBuffers.CapacityB;
        Items = checked(product.Groups * chunks * blocks);
        Grain = keepsB ? blocks : 1;
    }

    public int Items { get; }

    /// <summary>Items that share packed columns.</summary>
    public int Grain { get; }

    public void Run(int first, int last)
    {
        PackingBuffers buffers = PackingBuffers.OfThread;
        for (int item = first; item < last; item++)
            RunItem(buffers, item / (blocks * chunks), item / blocks % chunks, item % blocks * blockRows);
    }

    void RunItem(PackingBuffers buffers, int group, int chunk, int row)
    {
        int rows = Math.Min(blockRows, product.Rows - row), columns = product.Columns(chunk);
        nint stride = GemmBlocking.RoundUp(columns, TTile.Columns);
        bool isPacked = keepsB && buffers.Product == number && buffers.Columns == (byte*)(nint)group
            && buffers.Column == chunk;
        float* keptB = buffers.B;
        for (int slice = 0; slice < product.Slices; slice++)
        {
            int length = product.Length(slice);
            if (!isPacked) product.PackB(group, chunk, slice, buffers.Staging, keptB, TTile.Columns);
            for (int r = 0; r < rows; r += TTile.Rows)
                product.PackA(group, row + r, Math.Min(TTile.Rows, rows - r), slice, buffers.A + (nint)r * length,
                    TTile.Rows);
            Multiply(buffers, keptB, rows, columns, length, stride, slice > 0);
            if (keepsB) keptB += stride * length;
        }
        product.Store(group, chunk, row, rows, buffers.C, stride);
        buffers.Product = keepsB ? number : 0;
        buffers.Columns = (byte*)(nint)group;
        buffers.Column = chunk;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply(PackingBuffers buffers, float* packedB, int rows, int columns, int length, nint stride,
        bool accumulate)
    {
        for (int p = 0; p < columns; p += TTile.Columns)
        {
            float* panel = packedB + (nint)p * length;
            for (int r = 0; r < rows; r += TTile.Rows)
                TTile.Multiply(buffers.A + (nint)r * length, 1, TTile.Rows, panel, TTile.Columns,
                    buffers.C + r * stride + p, stride, length, Math.Min(TTile.Rows, rows - r),
                    Math.Min(TTile.Columns, columns - p), accumulate);
        }
    }
}
