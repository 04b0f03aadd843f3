using System;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>Cuts the plane of one channel into stretches that fit the staging buffer.</summary>
static class DepthwiseCut
{
    const int Most = 16384;     // places of a stretch: 64 KiB, which stay in the second-level cache

    /// <summary>Of one image.</summary>
    public static PatchCut Of(in Patches patches)
    {
        for (int most = Most; ; most /= 2)
        {
            var cut = new PatchCut(1, patches.GridHeight, patches.GridWidth, most, 16);
            (int images, int rows, int columns) = cut.Largest;
            bool fits = patches.Footprint(images, rows, columns) <= PackingBuffers.CapacityStaging;
            if (fits && patches.Taps <= 16384) return cut;
            if (most == 1)
                throw new ArgumentException($"Convolution: a kernel of {patches.TapRows} × {patches.TapColumns} does " +
                    "not fit the packing buffers. Use a smaller kernel or dilation.");
        }
    }
}
