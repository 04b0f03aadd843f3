using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// A convolution of transformed weights. An item is a block of the result's channels of one stretch of tiles, with all
/// channels of the source.
/// </summary>
/// <remarks>
/// <code>
/// for item                                   stretch of tiles, block of rows
///   transform the tiles of the source        unless the last item had the same
///   for point of 16                          products, sums in a block of their own
///   transform the sums, store two by two     then the epilogue
/// </code>
/// </remarks>
unsafe struct WinogradTiles<TTile, TEpilogue> : IWork
    where TTile : struct, ITile where TEpilogue : unmanaged, IGemmEpilogue
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly float* weights, y;         // [16, strips, channels, rows of a tile], [batch, rows, height, width]
    readonly int channels, rows, height, width, strips, blockRows, blocks;
    readonly long number;
    TEpilogue epilogue;

    public WinogradTiles(in ConvolutionShape shape, float* source, float* weights, float* y, bool isGradient,
        int threads, long number, in TEpilogue epilogue)
    {
        this.weights = weights;
        this.y = y;
        (this.number, this.epilogue) = (number, epilogue);
        (channels, rows) = isGradient ? (shape.Outputs, shape.Channels) : (shape.Channels, shape.Outputs);
        (height, width) = isGradient ? (shape.Height, shape.Width) : (shape.OutHeight, shape.OutWidth);
        strips = GemmBlocking.Count(rows, TTile.Rows);
        patches = WinogradSource.Patches(shape, source, isGradient);
        blockRows = GemmBlocking.EqualParts(rows, Winograd.MostRows, TTile.Rows);
        blocks = GemmBlocking.Count(rows, blockRows);
        int most = Math.Min(Winograd.MostTiles, PackingBuffers.CapacityB / (Winograd.Points * channels) / 32 * 32);
        cut = new PatchCut(shape.Batch, patches.GridHeight, patches.GridWidth, most, 32);
        Items = checked(cut.Count * blocks);
        Grain = GemmBlocking.IsBalanced(cut.Count, threads) || cut.Count >= 8 * threads ? blocks : 1;
    }

    public int Items { get; }

    /// <summary>Items that share transformed tiles.</summary>
    public int Grain { get; }

    public void Run(int first, int last)
    {
        PackingBuffers buffers = PackingBuffers.OfThread;
        for (int item = first; item < last; item++)
        {
            int chunk = item / blocks, row = item % blocks * blockRows;
            PatchStretch stretch = cut[chunk];
            if (buffers.Product != number || buffers.Column != chunk) TransformSource(stretch, buffers);
            buffers.Product = number;
            buffers.Columns = null;
            buffers.Column = chunk;
            int count = Math.Min(blockRows, rows - row);
            Multiply(buffers, stretch.Length, row, count);
            Store(buffers.C, stretch, row, count);
        }
    }

    /// <summary>B: [16, panels, channels, columns of a tile].</summary>
    readonly void TransformSource(in PatchStretch stretch, PackingBuffers buffers)
    {
        nint panel = (nint)channels * TTile.Columns;
        WinogradSource.Transform<TTile>(patches, stretch, 0, channels, buffers.Staging, buffers.B, TTile.Columns, panel,
            GemmBlocking.Count(stretch.Length, TTile.Columns) * panel);
    }

    /// <summary>C: [16, rows of a block, tiles].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Multiply(PackingBuffers buffers, int tiles, int row, int count)
    {
        int lanes = TTile.Columns, panels = GemmBlocking.Count(tiles, lanes), stride = panels * lanes;
        for (int point = 0; point < Winograd.Points; point++)
            for (int p = 0; p < panels; p++)
            {
                float* panel = buffers.B + ((nint)point * panels + p) * channels * lanes;
                float* sums = buffers.C + (nint)point * blockRows * stride + p * lanes;
                for (int r = 0; r < count; r += TTile.Rows)
                    TTile.Multiply(weights + ((nint)point * strips * TTile.Rows + row + r) * channels, 1, TTile.Rows,
                        panel, lanes, sums + (nint)r * stride, stride, channels, Math.Min(TTile.Rows, count - r),
                        Math.Min(lanes, tiles - p * lanes), false);
            }
    }

    [SkipLocalsInit]
    void Store(float* sums, in PatchStretch stretch, int row, int count)
    {
        int stride = GemmBlocking.RoundUp(stretch.Length, TTile.Columns);
        float* upper = stackalloc float[64];
        float* lower = upper + 32;
        nint area = (nint)height * width;
        for (int r = 0; r < count; r++)
            for (int first = 0; first < stretch.Length; first += 16)
            {
                WinogradTransforms.Result(sums + (nint)r * stride + first, (nint)blockRows * stride, upper, lower);
                int end = Math.Min(first + 16, stretch.Length);
                for (int tile = first; tile < end;)
                {
                    (int image, int place) = Math.DivRem(tile, stretch.Area);
                    (int top, int left) = Math.DivRem(place, stretch.Columns);
                    int run = Math.Min(stretch.Columns - left, end - tile);
                    (top, left) = (2 * (stretch.Row + top), 2 * (stretch.Column + left));
                    int columns = Math.Min(2 * run, width - left);
                    float* to = y + ((nint)(stretch.Image + image) * rows + row + r) * area + (nint)top * width + left;
                    int from = 2 * (tile - first);
                    new ReadOnlySpan<float>(upper + from, columns).CopyTo(new Span<float>(to, columns));
                    if (top + 1 < height)
                        new ReadOnlySpan<float>(lower + from, columns).CopyTo(new Span<float>(to + width, columns));
                    tile += run;
                }
            }
        if (typeof(TEpilogue) == typeof(NoEpilogue)) return;
        for (int b = 0; b < stretch.Images; b++) Finish(stretch, stretch.Image + b, row, count);
    }

    /// <summary>Rows of whole images follow each other; parts of rows do not.</summary>
    void Finish(in PatchStretch stretch, int image, int row, int count)
    {
        int top = 2 * stretch.Row, bottom = Math.Min(height, top + 2 * stretch.Rows), left = 2 * stretch.Column;
        int columns = Math.Min(2 * stretch.Columns, width - left), step = columns == width ? bottom - top : 1;
        for (; top < bottom; top += step)
        {
            int place = top * width + left;
            float* tile = y + ((nint)image * rows + row) * height * width + place;
            epilogue.Apply(tile, (nint)height * width, image, 0, row, place, count, step == 1 ? columns : step * width);
        }
    }
}
