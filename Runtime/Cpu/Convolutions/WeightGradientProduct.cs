using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// dWeight = dy · patches of xᵀ: a group's outputs by its channels and taps, k runs over all positions.
/// </summary>
unsafe struct WeightGradientProduct : IImplicitProduct
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly float* dy, gradient;   // [batch, groups · outputs, area], [groups · outputs, channels · taps]
    readonly int groups, outputs, channels, area, width, chunk;

    /// <param name="shape">Of the convolution.</param>
    /// <param name="patches">Of x.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="gradient">Written.</param>
    /// <param name="threads">Only decides how many columns a chunk has.</param>
    /// <param name="blocks">Blocks of rows of all groups.</param>
    public WeightGradientProduct(in ConvolutionShape shape, in Patches patches, float* dy, float* gradient, int threads,
        long blocks)
    {
        this.patches = patches;
        this.dy = dy;
        this.gradient = gradient;
        (groups, outputs, channels) = (shape.Groups, shape.GroupOutputs, shape.GroupChannels);
        (area, width) = (patches.Area, patches.GridWidth);
        int positions = GemmBlocking.Depth, all = channels * patches.Taps;
        do
        {
            cut = new PatchCut(shape.Batch, patches.GridHeight, patches.GridWidth, positions, 16);
            positions = Math.Max(1, positions / 2);
        }
        while (cut.Longest > 1 && Footprint(GemmBlocking.TileColumns) > PackingBuffers.CapacityStaging);
        if (Footprint(1) > PackingBuffers.CapacityStaging || patches.Taps > 16384)
            throw new ArgumentException($"Convolution: a kernel of {patches.TapRows} × {patches.TapColumns} does not " +
                "fit the packing buffers. Use a smaller kernel or dilation.");
        int most = GemmBlocking.ChunkColumns, unit = GemmBlocking.TileColumns / 2;
        while (true)
        {
            chunk = Math.Min(most, GemmBlocking.EqualParts(all, most, unit));
            bool isShared = most <= 64 || GemmBlocking.IsBalanced(blocks * GemmBlocking.Count(all, chunk), threads);
            if (isShared && Footprint(chunk) <= PackingBuffers.CapacityStaging || most == 1) break;
            most = Math.Max(1, most * 3 / 4);
            unit = Math.Min(unit, most);
        }
    }

    /// <summary>Elements to stage for so many columns.</summary>
    readonly long Footprint(int columns)
    {
        (int images, int rows, int gridColumns) = cut.Largest;
        int staged = Math.Min(channels, (columns + patches.Taps - 2) / patches.Taps + 1);
        return patches.Footprint(images, rows, gridColumns) * staged;
    }

    public readonly int Groups => groups;
    public readonly int Rows => outputs;
    public readonly int Depth => checked(cut.Count * cut.Longest);
    public readonly int Chunks => GemmBlocking.Count(channels * patches.Taps, chunk);
    public readonly int LargestChunk => chunk;
    public readonly int Slices => cut.Count;

    public readonly int Columns(int index) => Math.Min(chunk, channels * patches.Taps - index * chunk);

    public readonly int Length(int slice) => cut[slice].Length;

    public readonly void PackA(int group, int row, int valid, int slice, float* to, int lanes)
    {
        PatchStretch stretch = cut[slice];
        int length = stretch.Area;
        float* from = dy + ((nint)stretch.Image * groups * outputs + group * outputs + row) * area
            + (nint)stretch.Row * width + stretch.Column;
        for (int b = 0; b < stretch.Images; b++, to += (nint)length * lanes)
            Packing.Strip(from + (nint)b * groups * outputs * area, area, 1, valid, length, to, lanes);
    }

    [SkipLocalsInit]
    public readonly void PackB(int group, int index, int slice, float* staging, float* to, int lanes)
    {
        PatchStretch stretch = cut[slice];
        int first = index * chunk, columns = Columns(index), channel = first / patches.Taps;
        int end = (first + columns - 1) / patches.Taps + 1, length = stretch.Length;
        PatchPlanes planes = patches.Stage(group * channels + channel, end - channel, stretch, staging);
        Span<nint> taps = stackalloc nint[patches.Taps];
        patches.TapOffsets(planes, taps);
        for (int p = 0; p < columns; p += lanes, to += (nint)lanes * length)
            PatchPacking.Rows(planes, taps, stretch, first - channel * patches.Taps + p, Math.Min(lanes, columns - p),
                to, lanes);
    }

    public readonly void Store(int group, int index, int row, int rows, float* block, nint stride)
    {
        int all = channels * patches.Taps, columns = Columns(index);
        float* to = gradient + (nint)(group * outputs + row) * all + (nint)index * chunk;
        for (int r = 0; r < rows; r++)
            new ReadOnlySpan<float>(block + r * stride, columns).CopyTo(new Span<float>(to + (nint)r * all, columns));
    }
}
