using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Poolings against loops over each window: the same bits, however many windows go together.</summary>
public sealed unsafe class PoolingTests
{
    /// <summary>Kernel, stride, padding and width: few windows and many, each stride a load of its own.</summary>
    public static TheoryData<int, int, int, int> Windows =>
    [
        (1, 1, 0, 5), (2, 2, 0, 8), (2, 2, 0, 37), (2, 2, 0, 75), (3, 1, 1, 35), (3, 2, 1, 70), (2, 3, 0, 61), (5, 1, 2, 4), (3, 3, 1, 100),
    ];

    /// <summary>The first of equal elements, and NaN before everything.</summary>
    [Theory, MemberData(nameof(Windows))]
    public void PicksTheFirstLargest(int kernel, int stride, int padding, int width)
    {
        PoolingShape shape = Shape(kernel, stride, padding, width);
        float[] x = Draw(shape), other = Draw(shape);
        float[] picked = new float[shape.Planes * shape.OutHeight * shape.OutWidth], own = new float[picked.Length], dx = new float[x.Length];
        float[] dy = [.. Enumerable.Range(1, picked.Length).Select(i => i / 7f)];
        float[] expected = new float[picked.Length], expectedOwn = new float[picked.Length], expectedDx = new float[x.Length];
        ForEachWindow(shape, (y, elements) =>
        {
            int place = elements[0];
            foreach (int e in elements)
                if (!float.IsNaN(x[place]) && (float.IsNaN(x[e]) || x[e] > x[place])) place = e;
            (expected[y], expectedOwn[y]) = (other[place], x[place]);
            expectedDx[place] += dy[y];
        });
        fixed (float* from = x, values = other, to = picked, toOwn = own, gradient = dy, toInput = dx)
        {
            Pooling.Pick(Pools.Two, shape, from, values, to);
            Pooling.Pick(Pools.Two, shape, from, from, toOwn);
            Pooling.Spread(Pools.Two, shape, from, gradient, toInput);
        }
        Assert.Equal(expected, picked);
        Assert.Equal(expectedOwn, own);
        Assert.Equal(expectedDx, dx);
        Assert.Contains(own, float.IsNaN);
    }

    /// <summary>Sums in the order of rows, with the edge counted or not.</summary>
    [Theory, MemberData(nameof(Windows))]
    public void TakesTheMeanInTheOrderOfRows(int kernel, int stride, int padding, int width)
    {
        foreach (bool countsPadding in new[] { false, true })
        {
            PoolingShape shape = Shape(kernel, stride, padding, width);
            shape.CountsPadding = countsPadding;
            float[] x = [.. Draw(shape).Select(v => float.IsNaN(v) ? 0.25f : v)];
            float[] means = new float[shape.Planes * shape.OutHeight * shape.OutWidth], expected = new float[means.Length];
            ForEachWindow(shape, (y, elements) =>
            {
                float sum = 0;
                foreach (int e in elements) sum += x[e];
                expected[y] = sum * (1f / (countsPadding ? kernel * kernel : elements.Length));
            });
            fixed (float* from = x, to = means) Pooling.Average(Pools.Two, shape, from, to);
            Assert.Equal(expected, means);
        }
    }

    static PoolingShape Shape(int kernel, int stride, int padding, int width)
    {
        const int Height = 7;
        return new PoolingShape
        {
            Planes = 3, Height = Height, Width = width, OutHeight = (Height + 2 * padding - kernel) / stride + 1,
            OutWidth = (width + 2 * padding - kernel) / stride + 1, KernelHeight = kernel, KernelWidth = kernel, StrideHeight = stride,
            StrideWidth = stride, PaddingHeight = padding, PaddingWidth = padding,
        };
    }

    /// <summary>Few different numbers, so that many are equal, and some NaN.</summary>
    static float[] Draw(PoolingShape shape)
    {
        var random = new Random(shape.Width);
        return [.. Enumerable.Range(0, shape.Planes * shape.Height * shape.Width).Select(_ => random.Next(40) == 0 ? float.NaN : random.Next(-3, 4) / 3f)];
    }

    static void ForEachWindow(PoolingShape shape, Action<int, int[]> window)
    {
        for (int y = 0; y < shape.Planes * shape.OutHeight * shape.OutWidth; y++)
        {
            int plane = y / (shape.OutHeight * shape.OutWidth), i = y / shape.OutWidth % shape.OutHeight, j = y % shape.OutWidth;
            int top = i * shape.StrideHeight - shape.PaddingHeight, left = j * shape.StrideWidth - shape.PaddingWidth;
            int[] elements =
            [
                .. from r in Enumerable.Range(top, shape.KernelHeight) from c in Enumerable.Range(left, shape.KernelWidth)
                   where r >= 0 && r < shape.Height && c >= 0 && c < shape.Width
                   select (plane * shape.Height + r) * shape.Width + c,
            ];
            window(y, elements);
        }
    }
}
