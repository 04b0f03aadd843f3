using System;

namespace ModelCompiler;

/// <summary>What convolution layers have in common.</summary>
static class ConvolutionLayers
{
    /// <summary>The bound of PyTorch's initial numbers: 1/√fan-in, where a kernel of no size is left to be refused.</summary>
    public static double Bound(int channels, int groups, int taps) =>
        1 / Math.Sqrt(Math.Max(1, channels / Math.Max(1, groups) * taps));

    /// <summary>Channels of one group.</summary>
    public static int Share(int channels, int groups) => channels / Math.Max(1, groups);

    /// <summary>Refuses what the layer was not made for.</summary>
    public static void Check(string layer, Tensor x, int rank, int channels)
    {
        if (x.Shape.Rank != rank || x.Shape[1] != channels)
            throw new ShapeException(
                $"{layer}: x is {x.Shape}, which is not [B, {channels}, {(rank == 4 ? "H, W" : "T")}]. Construct the " +
                    "layer with that number of channels, or change x", x) { Id = "MC1147" };
    }
}
