using System;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>y = weight · patches of x: a group's outputs by its positions, then an epilogue.</summary>
unsafe struct ForwardProduct<TEpilogue>(in ConvolutionShape shape, in PatchProduct patches, float* weight, float* y,
    in TEpilogue epilogue) : IImplicitProduct where TEpilogue : unmanaged, IGemmEpilogue
{
    readonly PatchProduct patches = patches;
    readonly float* weight = weight, y = y;     // [groups, outputs, k], [batch, groups · outputs, area]
    readonly int groups = shape.Groups, outputs = shape.GroupOutputs, width = shape.OutWidth;
    readonly int area = shape.OutHeight * shape.OutWidth;
    TEpilogue epilogue = epilogue;

    public readonly int Groups => groups;
    public readonly int Rows => outputs;
    public readonly int Depth => patches.Depth;
    public readonly int Chunks => patches.Chunks;
    public readonly int LargestChunk => patches.LargestChunk;
    public readonly int Slices => patches.Slices;

    public readonly int Columns(int chunk) => patches.Chunk(chunk).Length;

    public readonly int Length(int slice) => patches.Length(slice);

    public readonly void PackA(int group, int row, int valid, int slice, float* to, int lanes) =>
        Packing.Strip(weight + (nint)(group * outputs + row) * Depth + patches.First(slice), Depth, 1, valid,
            Length(slice), to, lanes);

    public readonly void PackB(int group, int chunk, int slice, float* staging, float* to, int lanes) =>
        patches.Pack(group, chunk, slice, staging, to, lanes);

    public void Store(int group, int chunk, int row, int rows, float* block, nint stride)
    {
        PatchStretch stretch = patches.Chunk(chunk);
        int channel = group * outputs + row, length = stretch.Area;
        // A flattened image is one row of positions, so its columns may be of several rows of y.
        int place = stretch.Row * width + stretch.Column;
        for (int b = 0; b < stretch.Images; b++)
        {
            float* tile = y + ((nint)(stretch.Image + b) * groups * outputs + channel) * area + place;
            for (int r = 0; r < rows; r++)
                new ReadOnlySpan<float>(block + r * stride + b * length, length)
                    .CopyTo(new Span<float>(tile + (nint)r * area, length));
            epilogue.Apply(tile, area, stretch.Image + b, group, channel, place, rows, length);
        }
    }
}
