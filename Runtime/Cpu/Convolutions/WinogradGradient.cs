using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// The gradient of a weight by transformed tiles. An item is a block of the source's channels by a block of the
/// result's, with all tiles.
/// </summary>
/// <remarks>
/// <code>
/// for item                                   block of channels, block of outputs
///   for stretch of tiles
///     transform the tiles of x and of dy
///     for point of 16                        products, sums in a block of their own
///   transform the sums into taps
/// </code>
/// </remarks>
unsafe struct WinogradGradient<TTile> : IWork where TTile : struct, ITile
{
    const int MostTiles = Winograd.MostTiles, Row = MostTiles + 16;     // rows lie in different sets of a cache
    const int MostOutputs = PackingBuffers.CapacityC / (Winograd.Points * Winograd.MostRows);

    readonly Patches inputs, results;
    readonly PatchCut cut;
    readonly float* gradient;           // [outputs, channels, 3, 3]
    readonly int channels, outputs, blockChannels, blockOutputs, blocks;

    public WinogradGradient(in ConvolutionShape shape, float* x, float* dy, float* gradient, int threads)
    {
        this.gradient = gradient;
        (channels, outputs) = (shape.Channels, shape.Outputs);
        inputs = WinogradSource.Patches(shape, x, isGradient: false);
        results = inputs with
        {
            Source = dy, Image = (nint)outputs * shape.OutHeight * shape.OutWidth, Height = shape.OutHeight,
            Width = shape.OutWidth, TapRows = 2, TapColumns = 2, OriginY = 0, OriginX = 0,
        };
        cut = new PatchCut(shape.Batch, inputs.GridHeight, inputs.GridWidth, MostTiles, 32);
        (blockChannels, blockOutputs) = Blocks(threads);
        blocks = GemmBlocking.Count(outputs, blockOutputs);
        Items = checked(blocks * GemmBlocking.Count(channels, blockChannels));
    }

    /// <summary>
    /// The largest blocks that leave threads little to wait for: of two blocks of 36 and 28 channels one thread has
    /// more than half. No sum depends on it.
    /// </summary>
    readonly (int Channels, int Outputs) Blocks(int threads)
    {
        (int, int) best = default;
        double least = double.PositiveInfinity;
        for (int rows = Winograd.MostRows; rows >= TTile.Rows; rows -= TTile.Rows)
            for (int columns = MostOutputs; columns >= TTile.Columns; columns -= TTile.Columns)
            {
                long items = (long)GemmBlocking.Count(channels, rows) * GemmBlocking.Count(outputs, columns);
                // Of each tile the products and, for each of its sides, the transforms; see Transform and Gradient.
                double own = Math.Min(rows, channels), other = Math.Min(columns, outputs);
                double item = own * other + 8 * own + 8 * other;
                double time = (items + threads - 1) / threads * item;
                if (time >= least * 0.98) continue;
                (best, least) = ((rows, columns), time);
            }
        return best;
    }

    public int Items { get; }

    public readonly void Run(int first, int last)
    {
        PackingBuffers buffers = PackingBuffers.OfThread;
        buffers.Product = 0;
        float* source = buffers.B;                                              // [16, channels, tiles]
        float* change = source + Winograd.Points * Winograd.MostRows * Row;     // [16, panels, tiles, outputs]
        float* raw = change + Winograd.Points * MostTiles * MostOutputs;        // [4, tiles, outputs]
        for (int item = first; item < last; item++)
        {
            int channel = item / blocks * blockChannels, output = item % blocks * blockOutputs;
            int rows = Math.Min(blockChannels, channels - channel), columns = Math.Min(blockOutputs, outputs - output);
            for (int slice = 0; slice < cut.Count; slice++)
            {
                PatchStretch stretch = cut[slice];
                WinogradSource.Transform<TTile>(inputs, stretch, channel, rows, buffers.Staging, source, Row,
                    TTile.Columns, (nint)blockChannels * Row);
                TransformChange(stretch, output, columns, buffers.Staging, raw, change);
                Multiply(source, change, buffers.C, rows, columns, stretch.Length, slice > 0);
            }
            Store(buffers.C, raw, channel, rows, output, columns);
        }
    }

    [SkipLocalsInit]
    readonly void TransformChange(in PatchStretch stretch, int output, int columns, float* staging, float* raw,
        float* to)
    {
        const int Taps = 4;
        int lanes = TTile.Columns, length = stretch.Length * lanes;
        nint point = (nint)GemmBlocking.Count(columns, lanes) * length;
        Span<nint> taps = stackalloc nint[Taps];
        for (int p = 0; p < columns; p += lanes, to += length)
        {
            int valid = Math.Min(lanes, columns - p);
            PatchPlanes planes = results.Stage(output + p, valid, stretch, staging);
            results.TapOffsets(planes, taps);
            for (int tap = 0; tap < Taps; tap++)
                PatchPacking.Rows(planes, taps.Slice(tap, 1), stretch, 0, valid, raw + tap * length, lanes);
            WinogradTransforms.Gradient(raw, length, length, to, point);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Multiply(float* source, float* change, float* sums, int rows, int columns, int tiles,
        bool accumulate)
    {
        int lanes = TTile.Columns, panels = GemmBlocking.Count(columns, lanes), stride = panels * lanes;
        for (int point = 0; point < Winograd.Points; point++)
            for (int p = 0; p < panels; p++)
                for (int r = 0; r < rows; r += TTile.Rows)
                    TTile.Multiply(source + ((nint)point * blockChannels + r) * Row, Row, 1,
                        change + ((nint)point * panels + p) * tiles * lanes, lanes,
                        sums + ((nint)point * blockChannels + r) * stride + p * lanes, stride, tiles,
                        Math.Min(TTile.Rows, rows - r), Math.Min(lanes, columns - p * lanes), accumulate);
    }

    /// <summary>Kernels of one output follow each other: they are put together before they are written.</summary>
    [SkipLocalsInit]
    readonly void Store(float* sums, float* kernels, int channel, int rows, int output, int columns)
    {
        const int Taps = 9;
        int stride = GemmBlocking.RoundUp(columns, TTile.Columns), length = rows * Taps;
        float* taps = stackalloc float[Taps * 16];
        for (int o = 0; o < columns; o += 16)
        {
            int lanes = Math.Min(16, columns - o);
            for (int r = 0; r < rows; r++)
            {
                WinogradTransforms.Weight(sums + (nint)r * stride + o, (nint)blockChannels * stride, taps);
                float* to = kernels + r * Taps;
                for (int lane = 0; lane < lanes; lane++, to += length)
                    for (int tap = 0; tap < Taps; tap++) to[tap] = taps[tap * 16 + lane];
            }
            float* row = gradient + ((nint)(output + o) * channels + channel) * Taps;
            for (int lane = 0; lane < lanes; lane++, row += (nint)channels * Taps)
                new ReadOnlySpan<float>(kernels + lane * length, length).CopyTo(new Span<float>(row, length));
        }
    }
}
