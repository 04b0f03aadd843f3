using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>
/// The matrix that a convolution multiplies with, which is never written down: P[(c, t), (b, y, x)] is the element of
/// channel c of image b that tap t of the kernel meets at position (y, x) of a grid, 0 outside of the image.
/// </summary>
/// <remarks>
/// Tap (i, j) reads row y · Step + Origin + i · TapStep, and its column likewise. For a convolution that is its stride,
/// its padding and its dilation; for its gradient the taps run backwards, and the grid is one of stride² phases.
/// </remarks>
unsafe struct Patches
{
    /// <summary>[batch, .., Height, Width], from the first channel of the first image on.</summary>
    public float* Source;

    /// <summary>Elements from one image to the next.</summary>
    public nint Image;

    /// <summary>Rows and columns of the source.</summary>
    public int Height, Width;

    /// <summary>Rows and columns of the grid.</summary>
    public int GridHeight, GridWidth;

    /// <summary>Rows and columns of the source from one position of the grid to the next.</summary>
    public int StepY, StepX;

    /// <summary>Rows and columns of taps; may be 0.</summary>
    public int TapRows, TapColumns;

    /// <summary>Where the first tap stands at position (0, 0).</summary>
    public int OriginY, OriginX;

    /// <summary>Rows and columns of the source from one tap to the next; may be negative.</summary>
    public int TapStepY, TapStepX;

    /// <summary>Taps of one channel.</summary>
    public readonly int Taps => TapRows * TapColumns;

    /// <summary>Positions of one image.</summary>
    public readonly int Area => GridHeight * GridWidth;

    readonly int SpanY => Math.Abs(TapStepY) * (TapRows - 1);
    readonly int SpanX => Math.Abs(TapStepX) * (TapColumns - 1);
    readonly int FirstY => OriginY + Math.Min(0, TapStepY * (TapRows - 1));
    readonly int FirstX => OriginX + Math.Min(0, TapStepX * (TapColumns - 1));

    /// <summary>
    /// Whether every tap of every position lies inside the image, so that it can be read where it lies.
    /// </summary>
    public readonly bool IsInside => StepX == 1 && Taps > 0 && FirstY >= 0 && FirstX >= 0
        && (GridHeight - 1) * StepY + FirstY + SpanY < Height && GridWidth - 1 + FirstX + SpanX < Width;

    /// <summary>Images without gaps between what one tap reads are one long row: fewer and longer copies.</summary>
    public void Flatten()
    {
        if (Taps != 1 || !IsInside || StepY != 1 || GridHeight != Height || GridWidth != Width) return;
        (GridWidth, Width) = (GridHeight * GridWidth, Height * Width);
        (GridHeight, Height) = (1, 1);
    }

    /// <summary>Elements that a stretch needs of one channel, zeros around it included.</summary>
    public readonly long Footprint(int images, int rows, int columns) =>
        (long)images * ((long)(rows - 1) * StepY + SpanY + 1) * Lines(columns) * StepX;

    /// <summary>Columns of one phase of a row that so many positions reach.</summary>
    readonly int Lines(int columns) => columns + (SpanX + StepX - 1) / StepX;

    /// <summary>
    /// Makes what a stretch needs of some channels readable without a look at edges: where it lies, or in a copy with
    /// zeros around it, its columns sorted by phase so that neighbouring positions are neighbours in memory.
    /// </summary>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="stretch">Positions.</param>
    /// <param name="buffer">[channels · <see cref="Footprint"/>].</param>
    public readonly PatchPlanes Stage(int channel, int channels, in PatchStretch stretch, float* buffer)
    {
        float* from = Source + (nint)stretch.Image * Image + (nint)channel * Height * Width;
        int top = stretch.Row * StepY + FirstY, left = stretch.Column * StepX + FirstX;
        if (IsInside)
            return new PatchPlanes
            {
                Data = from + (nint)top * Width + left, Channel = (nint)Height * Width, Image = Image,
                Row = (nint)StepY * Width, SourceRow = Width, Phase = 0, Step = 1,
            };
        int rows = (stretch.Rows - 1) * StepY + SpanY + 1, lines = Lines(stretch.Columns), row = lines * StepX;
        var planes = new PatchPlanes
        {
            Data = buffer, Channel = (nint)stretch.Images * rows * row, Image = (nint)rows * row,
            Row = (nint)StepY * row, SourceRow = row, Phase = lines, Step = StepX,
        };
        for (int c = 0; c < channels; c++)
            for (int b = 0; b < stretch.Images; b++)
            {
                float* plane = from + (nint)c * Height * Width + (nint)b * Image;
                float* to = buffer + c * planes.Channel + b * planes.Image;
                for (int r = 0; r < rows; r++, to += row)
                {
                    if ((uint)(top + r) >= (uint)Height) NativeMemory.Clear(to, (nuint)row * sizeof(float));
                    else if (StepX == 1) Framed(plane + (nint)(top + r) * Width, left, to, row);
                    else
                        for (int phase = 0; phase < StepX; phase++)
                            Sorted(plane + (nint)(top + r) * Width, left + phase, to + phase * lines, lines);
                }
            }
        return planes;
    }

    /// <summary>Where taps lie from the first row and column that any tap reads.</summary>
    /// <param name="planes">Staged.</param>
    /// <param name="offsets">[Taps]; written.</param>
    public readonly void TapOffsets(in PatchPlanes planes, Span<nint> offsets)
    {
        for (int i = 0, t = 0; i < TapRows; i++)
            for (int j = 0; j < TapColumns; j++, t++)
            {
                int x = OriginX + j * TapStepX - FirstX;
                offsets[t] = (OriginY + i * TapStepY - FirstY) * planes.SourceRow + x % planes.Step * planes.Phase
                    + x / planes.Step;
            }
    }

    /// <summary>Columns left, left + 1, .. of a row, zeros where it has none.</summary>
    readonly void Framed(float* from, int left, float* to, int count)
    {
        int begin = Math.Clamp(-left, 0, count), end = Math.Clamp(Width - left, begin, count);
        for (int i = 0; i < begin; i++) to[i] = 0;
        new ReadOnlySpan<float>(from + left + begin, end - begin).CopyTo(new Span<float>(to + begin, end - begin));
        for (int i = end; i < count; i++) to[i] = 0;
    }

    /// <summary>Every StepX-th column of a row from left on, zeros where it has none.</summary>
    readonly void Sorted(float* from, int left, float* to, int count)
    {
        int i = 0;
        for (; i < count && left < 0; i++, left += StepX) to[i] = 0;
        if (StepX == 2)
            for (; i + 16 <= count && left + 30 < Width; i += 16, left += 32)
                Lanes.LoadEverySecond(from + left, 16).Store(to + i);
        for (; i < count && left < Width; i++, left += StepX) to[i] = from[left];
        for (; i < count; i++) to[i] = 0;
    }
}
