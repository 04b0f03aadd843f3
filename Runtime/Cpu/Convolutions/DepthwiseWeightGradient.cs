using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// Item i computes the kernel's gradient of one output channel: over all images in order, sixteen places at a time.
/// </summary>
unsafe struct DepthwiseWeightGradient : IWork
{
    readonly Patches patches;
    readonly PatchCut cut;
    readonly float* dy, gradient;   // [batch, outputs, area], [outputs, taps]
    readonly int batch, outputs, perChannel;

    public DepthwiseWeightGradient(in ConvolutionShape shape, in Patches patches, float* dy, float* gradient)
    {
        this.patches = patches;
        this.dy = dy;
        this.gradient = gradient;
        (batch, outputs, perChannel) = (shape.Batch, shape.Outputs, shape.GroupOutputs);
        cut = DepthwiseCut.Of(patches);
        Items = outputs;
    }

    public int Items { get; }

    [SkipLocalsInit]
    public readonly void Run(int first, int last)
    {
        float* staging = PackingBuffers.OfThread.Staging;
        Span<nint> taps = stackalloc nint[patches.Taps];
        for (int output = first; output < last; output++)
        {
            float* sums = gradient + (nint)output * taps.Length;
            for (int t = 0; t < taps.Length; t++) sums[t] = 0;
            for (int image = 0; image < batch; image++)
            {
                Patches plane = patches;
                plane.Source += image * patches.Image;
                for (int i = 0; i < cut.Count; i++)
                {
                    PatchStretch stretch = cut[i];
                    PatchPlanes planes = plane.Stage(output / perChannel, 1, stretch, staging);
                    plane.TapOffsets(planes, taps);
                    float* from = dy + ((nint)image * outputs + output) * patches.Area
                        + (nint)stretch.Row * patches.GridWidth + stretch.Column;
                    for (int t = 0; t < taps.Length; t++)
                        sums[t] += Dot(planes.Data + taps[t], planes.Row, from, patches.GridWidth, stretch.Rows,
                            stretch.Columns);
                }
            }
        }
    }

    /// <summary>Σ a[y, x] · b[y, x], in lanes of sixteen columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Dot(float* a, nint aRow, float* b, nint bRow, int rows, int columns)
    {
        Vector512<float> sum = default, right = default;
        for (int y = 0; y < rows; y++, a += aRow, b += bRow)
        {
            int x = 0;
            for (; x + 32 <= columns; x += 32)
            {
                sum = Vector512.MultiplyAddEstimate(Vector512.Load(a + x), Vector512.Load(b + x), sum);
                right = Vector512.MultiplyAddEstimate(Vector512.Load(a + x + 16), Vector512.Load(b + x + 16), right);
            }
            for (; x + 16 <= columns; x += 16)
                sum = Vector512.MultiplyAddEstimate(Vector512.Load(a + x), Vector512.Load(b + x), sum);
            if (x < columns)
                sum = Vector512.MultiplyAddEstimate(Vectors.LoadPartial(a + x, columns - x),
                    Vectors.LoadPartial(b + x, columns - x), sum);
        }
        return Vectors.Sum(sum + right);
    }
}
