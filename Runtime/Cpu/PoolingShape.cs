using System;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>The lengths of a pooling of x [Planes, Height, Width] to y [Planes, OutHeight, OutWidth].</summary>
public struct PoolingShape
{
    /// <summary>Channels of all images.</summary>
    public int Planes;

    /// <summary>Rows of x.</summary>
    public int Height;

    /// <summary>Columns of x.</summary>
    public int Width;

    /// <summary>Rows of y.</summary>
    public int OutHeight;

    /// <summary>Columns of y.</summary>
    public int OutWidth;

    /// <summary>Rows of a window; not read of an adaptive one.</summary>
    public int KernelHeight;

    /// <summary>Columns of a window; not read of an adaptive one.</summary>
    public int KernelWidth;

    /// <summary>Rows of x from one window to the next; not read of an adaptive one.</summary>
    public int StrideHeight;

    /// <summary>Columns of x from one window to the next; not read of an adaptive one.</summary>
    public int StrideWidth;

    /// <summary>Rows that a window may stand over the edge; not read of an adaptive one.</summary>
    public int PaddingHeight;

    /// <summary>Columns that a window may stand over the edge; not read of an adaptive one.</summary>
    public int PaddingWidth;

    /// <summary>Whether what stands over the edge counts when a mean is taken.</summary>
    public bool CountsPadding;

    /// <summary>
    /// Whether window i of n covers the rows from ⌊i · Height / n⌋ to ⌈(i + 1) · Height / n⌉, and columns likewise.
    /// </summary>
    public bool IsAdaptive;

    /// <summary>The rows of x that row i of y pools, and how many it would be without edges.</summary>
    internal readonly (int First, int End, int Extent) Rows(int i) =>
        Bounds(i, OutHeight, Height, KernelHeight, StrideHeight, PaddingHeight);

    /// <summary>The columns of x that column j of y pools, and how many it would be without edges.</summary>
    internal readonly (int First, int End, int Extent) Columns(int j) =>
        Bounds(j, OutWidth, Width, KernelWidth, StrideWidth, PaddingWidth);

    /// <summary>The columns of y whose windows do not stand over an edge; none of an adaptive one.</summary>
    internal readonly (int First, int End) WholeColumns()
    {
        if (IsAdaptive || (long)Height * Width > int.MaxValue || KernelWidth > Width + PaddingWidth) return (0, 0);
        int first = (PaddingWidth + StrideWidth - 1) / StrideWidth;
        int end = Math.Min(OutWidth, (Width + PaddingWidth - KernelWidth) / StrideWidth + 1);
        return first < end ? (first, end) : (0, 0);
    }

    /// <summary>One element of each of up to sixteen windows that lie side by side.</summary>
    internal readonly unsafe Vector512<float> LoadAcross(float* from, int count) => StrideWidth switch
    {
        1 => Vectors.LoadPartial(from, count),
        2 => Lanes.LoadEverySecond(from, count),
        _ => Lanes.LoadStrided(from, StrideWidth, count),
    };

    readonly (int, int, int) Bounds(int place, int places, int length, int kernel, int stride, int padding)
    {
        if (IsAdaptive)
        {
            int begin = (int)((long)place * length / places);
            int last = (int)(((place + 1L) * length + places - 1) / places);
            return (begin, last, last - begin);
        }
        int first = place * stride - padding;
        return (Math.Max(0, first), Math.Min(length, first + kernel), kernel);
    }
}
