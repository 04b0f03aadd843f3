using System;
using System.Runtime.Intrinsics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Item i takes the mean of every window of plane i of x [planes, height, width] to y [planes, out height, out width],
/// or shares each element of y out among its window of x.
/// </summary>
readonly unsafe struct MeansOfWindows(in PoolingShape shape, float* x, float* y, bool isSpread) : IWork
{
    readonly PoolingShape shape = shape;
    readonly float* x = x, y = y;
    readonly bool isSpread = isSpread;

    public void Run(int first, int last)
    {
        nint area = (nint)shape.Height * shape.Width;
        float* at = y + (nint)first * shape.OutHeight * shape.OutWidth;
        for (int plane = first; plane < last; plane++)
        {
            float* image = x + plane * area;
            if (isSpread) Rows.Clear(image, area);
            for (int i = 0; i < shape.OutHeight; i++)
            {
                (int top, int bottom, int height) = shape.Rows(i);
                (int whole, int end) = isSpread ? (0, 0) : shape.WholeColumns();
                for (int j = 0; j < shape.OutWidth;)
                {
                    (int left, int right, int width) = shape.Columns(j);
                    float share = 1f / (shape.CountsPadding ? height * width : (bottom - top) * (right - left));
                    int count = 1;
                    if (isSpread) Spread(image, top, bottom, left, right, *at * share);
                    else if (j < whole || j >= end) *at = Sum(image, top, bottom, left, right) * share;
                    else
                    {
                        count = Math.Min(16, end - j);
                        Vectors.StorePartial(at, SumWhole(image, top, bottom, left, count) * share, count);
                    }
                    j += count;
                    at += count;
                }
            }
        }
    }

    /// <summary>The sums of up to sixteen windows side by side, in the same order within each.</summary>
    Vector512<float> SumWhole(float* image, int top, int bottom, int left, int count)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int r = top; r < bottom; r++)
            for (int c = 0; c < shape.KernelWidth; c++)
                sum += shape.LoadAcross(image + (nint)r * shape.Width + left + c, count);
        return sum;
    }

    float Sum(float* image, int top, int bottom, int left, int right)
    {
        float sum = 0;
        for (int r = top; r < bottom; r++)
            for (int c = left; c < right; c++) sum += image[(nint)r * shape.Width + c];
        return sum;
    }

    void Spread(float* image, int top, int bottom, int left, int right, float share)
    {
        for (int r = top; r < bottom; r++)
            for (int c = left; c < right; c++) image[(nint)r * shape.Width + c] += share;
    }
}
