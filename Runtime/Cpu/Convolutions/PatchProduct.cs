using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// How a product with the patch matrix as B is cut: columns are positions of images, k runs over channels and taps.
/// </summary>
readonly unsafe struct PatchProduct
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly int channels, slice;

    /// <param name="patches">B, from the first channel of the first group on.</param>
    /// <param name="batch">Images.</param>
    /// <param name="channels">Channels of one group.</param>
    /// <param name="threads">Only decides how many positions a chunk has.</param>
    /// <param name="blocks">Blocks of rows of all groups.</param>
    public PatchProduct(in Patches patches, int batch, int channels, int threads, long blocks)
    {
        (this.patches, this.channels) = (patches, channels);
        Depth = channels * patches.Taps;
        slice = Math.Max(1, GemmBlocking.EqualParts(Depth, GemmBlocking.Depth, 1));
        // Slices of whole channels stage each channel once.
        if (patches.Taps is > 1 and <= GemmBlocking.Depth)
        {
            int most = GemmBlocking.Depth / patches.Taps;
            slice = GemmBlocking.EqualParts(channels, most, 1) * patches.Taps;
        }
        Slices = Math.Max(1, GemmBlocking.Count(Depth, slice));
        // Smaller where threads would have nothing to do at the end, where the columns could not be kept for the next
        // block of rows, and where images would not fit the staging buffer.
        int columns = GemmBlocking.ChunkColumns;
        while (true)
        {
            cut = new PatchCut(batch, patches.GridHeight, patches.GridWidth, columns, 32);
            (int images, int rows, int width) = cut.Largest;
            bool fits = patches.Footprint(images, rows, width) * StagedChannels <= PackingBuffers.CapacityStaging;
            bool isShared = columns <= 128 || GemmBlocking.IsBalanced(blocks * cut.Count, threads);
            if (fits && isShared || columns == 1) break;
            columns = Math.Max(1, columns / 2);
        }
        (int i, int r, int c) = cut.Largest;
        if (patches.Footprint(i, r, c) * StagedChannels > PackingBuffers.CapacityStaging || patches.Taps > 16384)
            throw new ArgumentException($"Convolution: a kernel of {patches.TapRows} × {patches.TapColumns} does not " +
                "fit the packing buffers. Use a smaller kernel or dilation.");
    }

    public int Depth { get; }

    public int Slices { get; }

    public int Chunks => cut.Count;

    public int LargestChunk => cut.Longest;

    public PatchStretch Chunk(int chunk) => cut[chunk];

    int StagedChannels => patches.Taps == 0 ? 0 : Math.Min(channels, (slice + patches.Taps - 2) / patches.Taps + 1);

    /// <summary>The first k of a slice.</summary>
    public int First(int index) => index * slice;

    /// <summary>The length of a slice.</summary>
    public int Length(int index) => Math.Min(slice, Depth - index * slice);

    /// <summary>Packs B.</summary>
    [SkipLocalsInit]
    public void Pack(int group, int chunk, int index, float* staging, float* to, int lanes)
    {
        int length = Length(index);
        if (length == 0) return;
        PatchStretch stretch = cut[chunk];
        int first = First(index), channel = first / patches.Taps, end = (first + length - 1) / patches.Taps + 1;
        PatchPlanes planes = patches.Stage(group * channels + channel, end - channel, stretch, staging);
        Span<nint> taps = stackalloc nint[patches.Taps];
        patches.TapOffsets(planes, taps);
        int columns = stretch.Length;
        for (int p = 0; p < columns; p += lanes, to += (nint)lanes * length)
            PatchPacking.Positions(planes, taps, stretch, first - channel * patches.Taps, length, p,
                Math.Min(lanes, columns - p), to, lanes);
    }
}
