using System;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>Transformed tiles of images: of each tile sixteen points, of each point all channels and tiles.</summary>
static unsafe class WinogradSource
{
    const int ChannelsAtOnce = 8;       // 16 KiB of one panel, before they are transformed

    /// <summary>Tiles of 4 × 4 elements, two rows and columns from one to the next.</summary>
    /// <param name="shape">Of the convolution.</param>
    /// <param name="source">x, or for an input gradient dy.</param>
    /// <param name="isGradient">Whether it is dy.</param>
    public static Patches Patches(in ConvolutionShape shape, float* source, bool isGradient)
    {
        (int channels, int height, int width) = isGradient ? (shape.Outputs, shape.OutHeight, shape.OutWidth)
            : (shape.Channels, shape.Height, shape.Width);
        (int rows, int columns) = isGradient ? (shape.Height, shape.Width) : (shape.OutHeight, shape.OutWidth);
        return new Patches
        {
            Source = source, Image = (nint)channels * height * width, Height = height, Width = width,
            GridHeight = (rows + 1) / 2, GridWidth = (columns + 1) / 2, StepY = 2, StepX = 2, TapRows = 4,
            TapColumns = 4, TapStepY = 1, TapStepX = 1,
            OriginY = isGradient ? shape.PaddingHeight - 2 : -shape.PaddingHeight,
            OriginX = isGradient ? shape.PaddingWidth - 2 : -shape.PaddingWidth,
        };
    }

    /// <summary>Transforms the tiles of a stretch.</summary>
    /// <param name="patches">Tiles.</param>
    /// <param name="stretch">Which.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="staging">Room for parts of images with zeros around them.</param>
    /// <param name="to">Written: point p of tile t of channel c is at p · point + c · channel + t / lanes · panel
    /// + t % lanes.</param>
    /// <param name="channel">Elements from one channel to the next.</param>
    /// <param name="panel">Elements from a tile's columns to the next.</param>
    /// <param name="point">Elements from one point to the next.</param>
    [SkipLocalsInit]
    public static void Transform<TTile>(in Patches patches, in PatchStretch stretch, int first, int channels,
        float* staging, float* to, nint channel, nint panel, nint point) where TTile : struct, ITile
    {
        int lanes = TTile.Columns;
        // A vector may be read at the last lanes of a narrow panel.
        float* raw = stackalloc float[ChannelsAtOnce * Winograd.Points * lanes + 16];
        Span<nint> taps = stackalloc nint[Winograd.Points];
        for (int c = 0; c < channels; c += ChannelsAtOnce)
        {
            int count = Math.Min(ChannelsAtOnce, channels - c);
            PatchPlanes planes = patches.Stage(first + c, count, stretch, staging);
            patches.TapOffsets(planes, taps);
            for (int tile = 0, p = 0; tile < stretch.Length; tile += lanes, p++)
            {
                PatchPacking.Positions(planes, taps, stretch, 0, count * Winograd.Points, tile,
                    Math.Min(lanes, stretch.Length - tile), raw, lanes);
                for (int i = 0; i < count; i++)
                    WinogradTransforms.Source(raw + i * Winograd.Points * lanes, lanes,
                        to + (c + i) * channel + p * panel, point);
            }
        }
    }
}
