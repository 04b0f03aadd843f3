using System;
using System.Linq;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Moves of rows, sums by row and along an axis, against the CPU's routines.</summary>
public sealed unsafe class RowsKernelTests(LibraryDevice device) : LibraryTests(device)
{
    [Theory]
    [InlineData(CudaDataType.Float32, 37, 11, 64)]
    [InlineData(CudaDataType.BFloat16, 9, 300, 24)]
    [InlineData(CudaDataType.BFloat16, 5, 7, 6)]         // words of 4 bytes
    [InlineData(CudaDataType.Float16, 1030, 7, 1)]       // words of 2
    [InlineData(CudaDataType.Float32, 3, 2, 1500)]
    public void Gather_CopiesRows(CudaDataType element, int count, int height, int width)
    {
        double[] table = Draw(element, height * width, 1);
        int[] rows = Indices(count, height, 2);
        ulong from = Device.Store(element, table), at = Device.Store<int>(rows), to = Device.Empty(element, count * width);
        float[] result = InEveryOrder(() =>
        {
            CudaRows.Gather(Library, Stream, element, from, at, to, count, width, height);
            return Device.Read(element, to, count * width);
        });
        Assert.Equal([.. rows.SelectMany(r => table[(r * width)..((r + 1) * width)]).Select(v => (float)v)], result);
        Device.Free();
    }

    [Fact]
    public void Gather_OfARowThatIsNotThere_ReadsZeros_AndSaysSo()
    {
        const int Width = 12, Height = 5;
        int[] rows = [.. Indices(700, Height, 3)];
        (rows[3], rows[600], rows[11]) = (-1, 99, Height);
        ulong from = Device.Store(CudaDataType.Float32, Draw(CudaDataType.Float32, Height * Width, 1)), at = Device.Store<int>(rows);
        ulong to = Device.Empty(rows.Length * Width * 4), error = Device.Store<ulong>([0ul]), empty = Device.Store<ulong>([0ul]);
        float[] result = InEveryOrder(() =>
        {
            CudaRows.Gather(Library, Stream, CudaDataType.Float32, from, at, to, rows.Length, Width, Height, error);
            return Device.Read<float>(to, rows.Length * Width);
        });
        Assert.All(result[(3 * Width)..(4 * Width)], v => Assert.Equal(0, v));
        Assert.All(result[(600 * Width)..(601 * Width)], v => Assert.Equal(0, v));
        Assert.True(CudaRows.TryReadError(Device.Read<ulong>(error, 1)[0], out long place, out int row));
        Assert.Equal((3, -1), (place, row));
        ulong sums = Device.Empty(Height * Width * 4), scratch = Device.Empty(CudaRows.ScratchBytes(rows.Length, Height, Width));
        CudaRows.ScatterAdd(Library, Stream, CudaDataType.Float32, to, at, sums, rows.Length, Width, Height, scratch, empty);
        Assert.True(CudaRows.TryReadError(Device.Read<ulong>(empty, 1)[0], out place, out row));
        Assert.Equal((3, -1), (place, row));
        Assert.All(Device.Read<float>(sums, Height * Width), v => Assert.True(float.IsFinite(v)));
        Assert.False(CudaRows.TryReadError(0, out _, out _));
        Device.Free();
    }

    [Theory]
    [InlineData(CudaDataType.Float32, 100, 12, 32)]
    [InlineData(CudaDataType.BFloat16, 5000, 300, 24)]      // two passes, many rows without places
    [InlineData(CudaDataType.Float16, 333, 3, 7)]           // runs through several parts; single elements
    [InlineData(CudaDataType.BFloat16, 1, 70000, 8)]        // three passes
    [InlineData(CudaDataType.Float32, 2500, 1, 5)]          // all in one row
    [InlineData(CudaDataType.Float32, 64, 256, 260)]
    public void ScatterAdd_AddsRowsInOrder(CudaDataType element, int count, int height, int width)
    {
        double[] values = Draw(element, count * width, 4);
        int[] rows = [.. Indices(count, height, 5).Select((r, i) => i % 3 == 0 ? height / 2 : r)];
        ulong from = Device.Store(element, values), at = Device.Store<int>(rows), to = Device.Empty((long)height * width * 4);
        ulong scratch = Device.Empty(CudaRows.ScratchBytes(count, height, width));
        float[] Run()
        {
            CudaRows.ScatterAdd(Library, Stream, element, from, at, to, count, width, height, scratch);
            return Device.Read<float>(to, (long)height * width);
        }
        float[] result = height > 10000 ? Run() : InEveryOrder(Run);
        double[] expected = new double[(long)height * width];
        for (int i = 0; i < count; i++)
            for (int c = 0; c < width; c++) expected[(long)rows[i] * width + c] += values[i * width + c];
        Close(expected, result, 1e-6);
        Device.Free();
    }

    [Fact]
    public void ScatterAdd_OfFewPlaces_HasTheBitsOfTheCpu()
    {
        const int Count = 60, Height = 9, Width = 20;       // one part: the same order as on the CPU
        float[] values = Floats(Draw(CudaDataType.Float32, Count * Width, 6));
        int[] rows = Indices(Count, Height, 7);
        ulong from = Device.Store<float>(values), at = Device.Store<int>(rows), to = Device.Empty(Height * Width * 4);
        ulong scratch = Device.Empty(CudaRows.ScratchBytes(Count, Height, Width));
        CudaRows.ScatterAdd(Library, Stream, CudaDataType.Float32, from, at, to, Count, Width, Height, scratch);
        Assert.Equal(OnCpu(Height * Width, (pool, result) =>
        {
            fixed (float* v = values)
            fixed (int* r = rows) Rows.ScatterAdd(pool, v, r, (float*)result, Count, Width, Height);
        }), Device.Read<float>(to, Height * Width));
        Device.Free();
    }

    [Theory]
    [InlineData(CudaDataType.Float32, 3, 40, 8, 60)]
    [InlineData(CudaDataType.BFloat16, 7, 9, 2, 301)]
    [InlineData(CudaDataType.Float16, 5, 16, 24, 48)]
    [InlineData(CudaDataType.Float32, 2, 5, 0, 5)]
    public void Parts_AreWrittenInPlace(CudaDataType element, int outer, int length, int start, int total)
    {
        double[] values = Draw(element, outer * length, 8), old = Draw(element, outer * total, 9);
        ulong from = Device.Store(element, values), padded = Device.Empty(element, outer * total), inserted = Device.Store(element, old);
        float[] pad = InEveryOrder(() =>
        {
            CudaRows.Pad(Library, Stream, element, from, padded, outer, length, start, total);
            return Device.Read(element, padded, outer * total);
        });
        CudaRows.Insert(Library, Stream, element, from, inserted, outer, length, start, total);
        float[] insert = Device.Read(element, inserted, outer * total);
        for (int i = 0; i < pad.Length; i++)
        {
            int row = i / total, column = i % total - start;
            bool isInside = column >= 0 && column < length;
            Assert.Equal(isInside ? (float)values[row * length + column] : 0, pad[i]);
            Assert.Equal(isInside ? (float)values[row * length + column] : (float)old[i], insert[i]);
        }
        ulong placed = Device.Empty(element, 3 * values.Length), copied = Device.Empty(element, values.Length);
        CudaRows.Place(Library, Stream, element, from, placed, values.Length, 1, 3);
        CudaRows.Copy(Stream, element, from, copied, values.Length);
        float[] stack = Device.Read(element, placed, 3 * values.Length);
        Assert.Equal(Floats(values), stack[values.Length..(2 * values.Length)]);
        Assert.All(stack[..values.Length], v => Assert.Equal(0, v));
        Assert.Equal(Floats(values), Device.Read(element, copied, values.Length));
        Device.Free();
    }

    [Theory]
    [InlineData(CudaDataType.Float32, 3, 17, 4)]
    [InlineData(CudaDataType.BFloat16, 1, 1000, 1)]
    [InlineData(CudaDataType.Float16, 40, 2, 33)]
    public void Flip_TurnsAnAxis(CudaDataType element, int outer, int length, int inner)
    {
        double[] values = Draw(element, outer * length * inner, 10);
        ulong from = Device.Store(element, values), to = Device.Empty(element, values.Length);
        float[] result = InEveryOrder(() =>
        {
            CudaRows.Flip(Library, Stream, element, from, to, outer, length, inner);
            return Device.Read(element, to, values.Length);
        });
        for (int i = 0; i < result.Length; i++)
        {
            int t = i / inner % length;
            Assert.Equal((float)values[i + (length - 1 - 2 * t) * inner], result[i]);
        }
        Device.Free();
    }

    [Theory]
    [InlineData(CudaDataType.Float32, 2, 5000, 1, false)]
    [InlineData(CudaDataType.Float32, 3, 130, 37, true)]
    [InlineData(CudaDataType.BFloat16, 4, 70, 3, true)]
    [InlineData(CudaDataType.Float16, 1, 513, 64, false)]
    [InlineData(CudaDataType.Float32, 5, 1, 2, true)]
    public void CumulativeSum_IsThatOfTheCpu(CudaDataType element, int outer, int length, int inner, bool isReversed)
    {
        double[] values = Draw(element, outer * length * inner, 11);
        ulong to = Device.Empty(element, values.Length);
        float[] result = InEveryOrder(() =>
        {
            ulong from = Device.Store(element, values);
            CudaRows.CumulativeSum(Library, Stream, element, from, to, outer, length, inner, isReversed);
            float[] apart = Device.Read(element, to, values.Length);
            CudaRows.CumulativeSum(Library, Stream, element, from, from, outer, length, inner, isReversed);
            Assert.Equal(apart, Device.Read(element, from, values.Length));
            return apart;
        });
        float[] expected = OnCpu(values.Length, (pool, to) =>
        {
            fixed (float* from = Floats(values)) Rows.CumulativeSum(pool, from, (float*)to, outer, length, inner, isReversed);
        });
        Close(Doubles(expected), result, LibraryDevice.Error(element, 6e-8));
        Device.Free();
    }

    [Fact]
    public void EveryAccess_IsAllowed() => Checked(() =>
    {
        const int Count = 70, Height = 300, Width = 12;
        CudaDataType element = CudaDataType.BFloat16;
        ulong table = Device.Store(element, Draw(element, Height * Width, 1)), rows = Device.Store<int>(Indices(Count, Height, 2));
        ulong result = Device.Empty(element, Count * Width), sums = Device.Empty(Height * Width * 4);
        ulong scratch = Device.Empty(CudaRows.ScratchBytes(Count, Height, Width)), other = Device.Empty(element, Count * 2 * Width);
        CudaRows.Gather(Library, Stream, element, table, rows, result, Count, Width, Height);
        CudaRows.ScatterAdd(Library, Stream, element, result, rows, sums, Count, Width, Height, scratch);
        CudaRows.Pad(Library, Stream, element, result, other, Count, Width, 3, 2 * Width);
        CudaRows.Insert(Library, Stream, element, result, other, Count, Width, Width, 2 * Width);
        CudaRows.Flip(Library, Stream, element, result, other, 1, Count, Width);
        CudaRows.CumulativeSum(Library, Stream, element, result, other, 7, 10, Width, false);
        Stream.Synchronize();
        Device.Free();
    });

    static int[] Indices(int count, int height, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(height))];
    }
}
