using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i finds the first largest element of x [planes, height, width] in every window of plane i; there it reads
/// values into y [planes, out height, out width], or adds y to values.
/// </summary>
readonly unsafe struct LargestOfWindows(in PoolingShape shape, float* x, float* values, float* y, bool isSpread) : IWork
{
    readonly PoolingShape shape = shape;
    readonly float* x = x, values = values, y = y;
    readonly bool isSpread = isSpread;

    public void Run(int first, int last)
    {
        nint area = (nint)shape.Height * shape.Width;
        float* to = y + (nint)first * shape.OutHeight * shape.OutWidth;
        for (int plane = first; plane < last; plane++)
        {
            float* image = x + plane * area, value = values + plane * area;
            if (isSpread) Rows.Clear(value, area);
            for (int i = 0; i < shape.OutHeight; i++, to += shape.OutWidth) RunRow(image, value, i, to);
        }
    }

    /// <summary>One row of windows: those that are whole by sixteens, the others one by one.</summary>
    void RunRow(float* image, float* value, int i, float* to)
    {
        (int top, int bottom, _) = shape.Rows(i);
        (int first, int end) = shape.WholeColumns();
        for (int j = 0; j < shape.OutWidth;)
        {
            if (j >= first && j < end)
            {
                int count = Math.Min(16, end - j);
                RunWhole(image, value, top, bottom, j * shape.StrideWidth - shape.PaddingWidth, count, to + j);
                j += count;
                continue;
            }
            (int left, int right, _) = shape.Columns(j);
            nint place = Largest(image, top, bottom, left, right);
            if (isSpread) value[place] += to[j];
            else to[j] = value[place];
            j++;
        }
    }

    /// <summary>Up to sixteen windows side by side, in the same order within each.</summary>
    [SkipLocalsInit]
    void RunWhole(float* image, float* value, int top, int bottom, int left, int count, float* to)
    {
        Vector512<int> columns = Vector512<int>.Indices * shape.StrideWidth;
        Vector512<int> place = columns + Vector512.Create(top * shape.Width + left);
        Vector512<float> best = shape.LoadAcross(image + (nint)top * shape.Width + left, count);
        for (int r = top; r < bottom; r++)
        {
            int start = r * shape.Width + left;
            for (int c = 0; c < shape.KernelWidth; c++)
            {
                Vector512<float> candidate = shape.LoadAcross(image + start + c, count);
                // Not "larger": NaN is never larger, but the first one counts.
                Vector512<float> isBetter = Vector512.AndNot(Vector512.Equals(best, best),
                    Vector512.LessThanOrEqual(candidate, best));
                best = Vector512.ConditionalSelect(isBetter, candidate, best);
                place = Vector512.ConditionalSelect(isBetter.AsInt32(), columns + Vector512.Create(start + c), place);
            }
        }
        if (!isSpread && value == image)
        {
            Vectors.StorePartial(to, best, count);
            return;
        }
        int* places = stackalloc int[16];
        place.Store(places);
        for (int lane = 0; lane < count; lane++)
        {
            if (isSpread) value[places[lane]] += to[lane];
            else to[lane] = value[places[lane]];
        }
    }

    nint Largest(float* image, int top, int bottom, int left, int right)
    {
        nint place = (nint)top * shape.Width + left;
        float best = image[place];
        for (int r = top; r < bottom; r++)
        {
            float* row = image + (nint)r * shape.Width;
            for (int c = left; c < right; c++)
            {
                float candidate = row[c];
                // Not "larger": NaN is never larger, but the first one counts.
                if (candidate <= best || float.IsNaN(best)) continue;
                (best, place) = (candidate, (nint)r * shape.Width + c);
            }
        }
        return place;
    }
}
