using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Item i computes one phase of the plane of one input channel of one image: the sum over its output channels, sixteen
/// places at a time.
/// </summary>
unsafe struct DepthwiseInputGradient : IWork
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly float* weight, dx;     // [channels, outputs of each, kernel], [batch, channels, height, width]
    readonly int channels, perChannel, height, width, kernelHeight, kernelWidth, strideY, strideX;
    readonly GradientPhase vertical, horizontal;

    public DepthwiseInputGradient(in ConvolutionShape shape, in Patches patches, float* weight, float* dx,
        in GradientPhase vertical, in GradientPhase horizontal)
    {
        this.patches = patches;
        this.weight = weight;
        this.dx = dx;
        (this.vertical, this.horizontal) = (vertical, horizontal);
        (channels, perChannel, height, width) = (shape.Channels, shape.GroupOutputs, shape.Height, shape.Width);
        (kernelHeight, kernelWidth) = (shape.KernelHeight, shape.KernelWidth);
        (strideY, strideX) = (shape.StrideHeight, shape.StrideWidth);
        cut = DepthwiseCut.Of(patches);
        Items = checked(shape.Batch * shape.Channels);
    }

    public int Items { get; }

    [SkipLocalsInit]
    public readonly void Run(int first, int last)
    {
        PackingBuffers buffers = PackingBuffers.OfThread;
        Span<nint> taps = stackalloc nint[patches.Taps];
        Span<float> weights = stackalloc float[patches.Taps];
        for (int item = first; item < last; item++)
        {
            (int image, int channel) = Math.DivRem(item, channels);
            Patches plane = patches;
            plane.Source += image * patches.Image;
            for (int i = 0; i < cut.Count; i++)
            {
                PatchStretch stretch = cut[i];
                new Span<float>(buffers.B, stretch.Area).Clear();
                for (int o = channel * perChannel; o < (channel + 1) * perChannel && taps.Length > 0; o++)
                {
                    PatchPlanes planes = plane.Stage(o, 1, stretch, buffers.Staging);
                    plane.TapOffsets(planes, taps);
                    for (int t = 0; t < taps.Length; t++)
                    {
                        (int row, int column) = Math.DivRem(t, horizontal.Taps);
                        weights[t] = weight[((nint)o * kernelHeight + vertical.First + row * vertical.Step)
                            * kernelWidth + horizontal.First + column * horizontal.Step];
                    }
                    for (int y = 0; y < stretch.Rows; y++)
                        Add(planes.Data + y * planes.Row, taps, weights, buffers.B + (nint)y * stretch.Columns,
                            stretch.Columns);
                }
                Store(buffers.B, dx + (nint)item * height * width, stretch);
            }
        }
    }

    readonly void Store(float* from, float* plane, in PatchStretch stretch)
    {
        for (int y = 0; y < stretch.Rows; y++, from += stretch.Columns)
        {
            float* to = plane + (nint)(vertical.Phase + (stretch.Row + y) * strideY) * width + horizontal.Phase
                + (nint)stretch.Column * strideX;
            if (strideX == 1) new Span<float>(from, stretch.Columns).CopyTo(new Span<float>(to, stretch.Columns));
            else
                for (int x = 0; x < stretch.Columns; x++, to += strideX) *to = from[x];
        }
    }

    /// <summary>sum[x] += Σ weights[t] · from[taps[t] + x].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add(float* from, ReadOnlySpan<nint> taps, ReadOnlySpan<float> weights, float* sum, int columns)
    {
        for (int x = 0; x < columns; x += 16)
        {
            int count = Math.Min(16, columns - x);
            bool isWhole = count == 16;
            Vector512<float> all = isWhole ? Vector512.Load(sum + x) : Vectors.LoadPartial(sum + x, count);
            for (int t = 0; t < taps.Length; t++)
            {
                float* element = from + taps[t] + x;
                all = Vector512.MultiplyAddEstimate(Vector512.Create(weights[t]),
                    isWhole ? Vector512.Load(element) : Vectors.LoadPartial(element, count), all);
            }
            if (isWhole) all.Store(sum + x);
            else Vectors.StorePartial(sum + x, all, count);
        }
    }
}
