using System;

namespace ModelCompiler;

/// <summary>The windows of a pooling, one after another.</summary>
static class PoolingReference
{
    /// <summary>Elements of x in the window of element y, and by what their sum is divided.</summary>
    public delegate void Pooled(int y, ReadOnlySpan<int> x, int count);

    /// <param name="window">How it moves.</param>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="y">[B, C, OH, OW].</param>
    /// <param name="pooled">Called in the order of y.</param>
    public static void ForEach(PoolingWindow window, Shape x, Shape y, Pooled pooled)
    {
        (int planes, int height, int width) = ((int)x[0] * (int)x[1], (int)x[2], (int)x[3]);
        (int rows, int columns) = ((int)y[2], (int)y[3]);
        var places = new int[height * width];
        int at = 0;
        for (int plane = 0; plane < planes; plane++)
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                {
                    (int top, int bottom) = Bounds(window, i, rows, height, window.Height, window.StrideHeight,
                        window.PaddingHeight);
                    (int left, int right) = Bounds(window, j, columns, width, window.Width, window.StrideWidth,
                        window.PaddingWidth);
                    int count = 0;
                    for (int r = Math.Max(0, top); r < Math.Min(height, bottom); r++)
                        for (int c = Math.Max(0, left); c < Math.Min(width, right); c++)
                            places[count++] = (plane * height + r) * width + c;
                    pooled(at++, places.AsSpan(0, count),
                        window.CountsPadding ? (bottom - top) * (right - left) : count);
                }
    }

    static (int, int) Bounds(PoolingWindow window, int place, int places, int length, int extent, int stride,
        int padding) => window.IsAdaptive
        ? (place * length / places, ((place + 1) * length + places - 1) / places)
        : (place * stride - padding, place * stride - padding + extent);

    /// <summary>The first of the largest, or the first that is no number.</summary>
    public static int Largest(double[] x, ReadOnlySpan<int> places)
    {
        int best = places[0];
        foreach (int place in places)
            if (x[place] > x[best] || double.IsNaN(x[place]) && !double.IsNaN(x[best])) best = place;
        return best;
    }
}
