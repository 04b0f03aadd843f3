using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Poolings against the CPU's: the same bits in fp32, and of 16-bit elements its results rounded.</summary>
public sealed unsafe class PoolingKernelTests(LibraryDevice device) : LibraryTests(device)
{
    static readonly Dictionary<string, PoolingShape> Shapes = new()
    {
        ["halves"] = Of(3, 8, 10, 2, 2, 2, 2, 0, 0),
        ["overlapping"] = Of(2, 11, 9, 3, 3, 2, 2, 1, 1),
        ["padded, all counted"] = Of(2, 7, 13, 3, 5, 1, 2, 1, 2) with { CountsPadding = true },
        ["gaps"] = Of(5, 9, 17, 2, 3, 3, 5, 0, 1),
        ["single rows"] = Of(4, 1, 37, 1, 4, 1, 3, 0, 1),
        ["whole images"] = Of(6, 19, 23, 19, 23, 1, 1, 0, 0),
        ["adaptive"] = new() { Planes = 3, Height = 13, Width = 8, OutHeight = 5, OutWidth = 3, IsAdaptive = true },
        ["adaptive, larger"] = new() { Planes = 2, Height = 3, Width = 5, OutHeight = 7, OutWidth = 5, IsAdaptive = true },
        ["adaptive, one"] = new() { Planes = 3, Height = 20, Width = 15, OutHeight = 1, OutWidth = 1, IsAdaptive = true },
    };

    public static TheoryData<string, CudaDataType> Cases => [.. Shapes.Keys.SelectMany(s => ((CudaDataType[])
        [CudaDataType.Float32, CudaDataType.BFloat16, CudaDataType.Float16]).Select(t => new TheoryDataRow<string, CudaDataType>(s, t)))];

    [Theory, MemberData(nameof(Cases))]
    public void Means_AreThoseOfTheCpu(string name, CudaDataType element)
    {
        PoolingShape shape = Shapes[name];
        int inside = shape.Planes * shape.Height * shape.Width, outside = shape.Planes * shape.OutHeight * shape.OutWidth;
        double[] x = Draw(element, inside, 1), dy = Draw(element, outside, 2);
        ulong from = Device.Store(element, x), gradient = Device.Store(element, dy), y = Device.Empty(element, outside), dx = Device.Empty(element, inside);
        float[] result = InEveryOrder(() =>
        {
            CudaPooling.Average(Library, Stream, element, shape, from, y);
            CudaPooling.Share(Library, Stream, element, shape, gradient, dx);
            return [.. Device.Read(element, y, outside), .. Device.Read(element, dx, inside)];
        });
        float[] means = OnCpu(outside, (pool, to) => { fixed (float* at = Floats(x)) Pooling.Average(pool, shape, at, (float*)to); });
        float[] shares = OnCpu(inside, (pool, to) => { fixed (float* at = Floats(dy)) Pooling.Share(pool, shape, at, (float*)to); });
        float[] expected = Floats(LibraryDevice.Rounded(element, Doubles([.. means, .. shares])));
        if (name is "whole images" or "adaptive, one") Close(Doubles(expected), result, LibraryDevice.Error(element, 1e-6));
        else Assert.Equal(expected, result);
        Device.Free();
    }

    [Theory, MemberData(nameof(Cases))]
    public void Largest_AreThoseOfTheCpu(string name, CudaDataType element)
    {
        PoolingShape shape = Shapes[name];
        int inside = shape.Planes * shape.Height * shape.Width, outside = shape.Planes * shape.OutHeight * shape.OutWidth;
        var random = new Random(3);
        // Few different numbers: many are equally large. And some are none.
        double[] x = [.. Enumerable.Range(0, inside).Select(i => random.Next(40) == 0 ? double.NaN : random.Next(5) - 2.0)];
        double[] values = Draw(element, inside, 1), dy = Draw(element, outside, 2);
        ulong from = Device.Store(element, x), picked = Device.Store(element, values), gradient = Device.Store(element, dy);
        ulong y = Device.Empty(element, outside), dx = Device.Empty(element, inside);
        float[] result = InEveryOrder(() =>
        {
            CudaPooling.Pick(Library, Stream, element, shape, from, picked, y);
            CudaPooling.Spread(Library, Stream, element, shape, from, gradient, dx);
            return [.. Device.Read(element, y, outside), .. Device.Read(element, dx, inside)];
        });
        float[] picks = OnCpu(outside, (pool, to) =>
        {
            fixed (float* at = Floats(x), v = Floats(values)) Pooling.Pick(pool, shape, at, v, (float*)to);
        });
        float[] spreads = OnCpu(inside, (pool, to) =>
        {
            fixed (float* at = Floats(x), d = Floats(dy)) Pooling.Spread(pool, shape, at, d, (float*)to);
        });
        Assert.Equal(Floats(LibraryDevice.Rounded(element, Doubles([.. picks, .. spreads]))), result);
        CudaPooling.Pick(Library, Stream, element, shape, from, from, y);
        float[] largest = OnCpu(outside, (pool, to) => { fixed (float* at = Floats(x)) Pooling.Pick(pool, shape, at, at, (float*)to); });
        Assert.Equal(largest, Device.Read(element, y, outside));
        Device.Free();
    }

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        foreach (PoolingShape shape in Shapes.Values)
        {
            CudaDataType element = CudaDataType.BFloat16;
            int inside = shape.Planes * shape.Height * shape.Width, outside = shape.Planes * shape.OutHeight * shape.OutWidth;
            ulong x = Device.Store(element, Draw(element, inside, 1)), dx = Device.Empty(element, inside), y = Device.Empty(element, outside);
            CudaPooling.Average(Library, Stream, element, shape, x, y);
            CudaPooling.Share(Library, Stream, element, shape, y, dx);
            CudaPooling.Pick(Library, Stream, element, shape, x, x, y);
            CudaPooling.Spread(Library, Stream, element, shape, x, y, dx);
            Stream.Synchronize();
            Device.Free();
        }
    });

    static PoolingShape Of(int planes, int height, int width, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight,
        int paddingWidth) => new()
    {
        Planes = planes, Height = height, Width = width, KernelHeight = kernelHeight, KernelWidth = kernelWidth, StrideHeight = strideHeight,
        StrideWidth = strideWidth, PaddingHeight = paddingHeight, PaddingWidth = paddingWidth,
        OutHeight = (height + 2 * paddingHeight - kernelHeight) / strideHeight + 1, OutWidth = (width + 2 * paddingWidth - kernelWidth) / strideWidth + 1,
    };
}
