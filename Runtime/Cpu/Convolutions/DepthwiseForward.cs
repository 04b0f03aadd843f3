using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Item i convolves the plane of one output channel of one image, in stretches that fit the staging buffer, sixteen
/// places at a time.
/// </summary>
unsafe struct DepthwiseForward<TEpilogue> : IWork where TEpilogue : unmanaged, IGemmEpilogue
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly float* weight, y;      // [outputs, taps], [batch, outputs, area]
    readonly int outputs, perChannel;
    TEpilogue epilogue;

    public DepthwiseForward(in ConvolutionShape shape, in Patches patches, float* weight, float* y,
        in TEpilogue epilogue)
    {
        (this.patches, this.epilogue) = (patches, epilogue);
        this.weight = weight;
        this.y = y;
        (outputs, perChannel) = (shape.Outputs, shape.GroupOutputs);
        cut = DepthwiseCut.Of(patches);
        Items = checked(shape.Batch * shape.Outputs);
    }

    public int Items { get; }

    [SkipLocalsInit]
    public void Run(int first, int last)
    {
        float* staging = PackingBuffers.OfThread.Staging;
        Span<nint> taps = stackalloc nint[patches.Taps];
        for (int item = first; item < last; item++)
        {
            (int image, int output) = Math.DivRem(item, outputs);
            Patches plane = patches;
            plane.Source += image * patches.Image;
            for (int i = 0; i < cut.Count; i++)
            {
                PatchStretch stretch = cut[i];
                PatchPlanes planes = plane.Stage(output / perChannel, 1, stretch, staging);
                plane.TapOffsets(planes, taps);
                float* to = y + (nint)item * patches.Area + (nint)stretch.Row * patches.GridWidth + stretch.Column;
                for (int row = 0; row < stretch.Rows; row++)
                    Row(planes.Data + row * planes.Row, taps, weight + (nint)output * taps.Length,
                        to + (nint)row * patches.GridWidth, stretch.Columns);
                epilogue.Apply(to, patches.Area, image, output / perChannel, output,
                    stretch.Row * patches.GridWidth + stretch.Column, 1, stretch.Area);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row(float* from, ReadOnlySpan<nint> taps, float* weight, float* to, int columns)
    {
        int x = 0;
        for (; x + 32 <= columns; x += 32)
        {
            Vector512<float> left = default, right = default;
            for (int t = 0; t < taps.Length; t++)
            {
                Vector512<float> w = Vector512.Create(weight[t]);
                left = Vector512.MultiplyAddEstimate(w, Vector512.Load(from + taps[t] + x), left);
                right = Vector512.MultiplyAddEstimate(w, Vector512.Load(from + taps[t] + x + 16), right);
            }
            left.Store(to + x);
            right.Store(to + x + 16);
        }
        for (; x + 16 <= columns; x += 16)
        {
            Vector512<float> sum = default;
            for (int t = 0; t < taps.Length; t++)
                sum = Vector512.MultiplyAddEstimate(Vector512.Create(weight[t]), Vector512.Load(from + taps[t] + x),
                    sum);
            sum.Store(to + x);
        }
        if (x == columns) return;
        int rest = columns - x;
        Vector512<float> end = default;
        for (int t = 0; t < taps.Length; t++)
            end = Vector512.MultiplyAddEstimate(Vector512.Create(weight[t]),
                Vectors.LoadPartial(from + taps[t] + x, rest), end);
        Vectors.StorePartial(to + x, end, rest);
    }
}
