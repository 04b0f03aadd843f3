using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The first number that is not finite, against a plain loop.</summary>
public sealed class NumbersKernelTests(LibraryDevice device) : LibraryTests(device)
{
    public static TheoryData<CudaDataType, int> Cases =>
        [.. ((int[])[0, 1, 255, 5000]).SelectMany(length => (TheoryDataRow<CudaDataType, int>[])
            [new(CudaDataType.Float32, length), new(CudaDataType.BFloat16, length), new(CudaDataType.Float16, length)])];

    [Theory, MemberData(nameof(Cases))]
    public void FirstNotFinite_IsThatOfALoop(CudaDataType type, int length)
    {
        double[] values = Draw(type, length, 1);
        Is(type, values, mayBeInfinite: false);
        foreach ((int at, double bad) in ((int, double)[])[(4999, double.NaN), (254, double.PositiveInfinity), (253, double.NaN), (0, double.NegativeInfinity)])
        {
            if (at >= length) continue;
            values[at] = bad;
            Is(type, values, mayBeInfinite: false);
            Is(type, values, mayBeInfinite: true);
        }
    }

    [Fact]
    public void Launches_StayWithinTheirMemory() => Checked(() => Is(CudaDataType.BFloat16, Draw(CudaDataType.BFloat16, 777, 1), mayBeInfinite: false));

    void Is(CudaDataType type, double[] values, bool mayBeInfinite)
    {
        ulong expected = CudaNumbers.None;
        for (int i = values.Length - 1; i >= 0; i--)
            if (mayBeInfinite ? double.IsNaN(values[i]) : !double.IsFinite(values[i])) expected = (ulong)i;
        ulong x = values.Length > 0 ? Device.Store(type, values) : 0, first = Device.Empty(sizeof(ulong)), found = 0;
        InEveryOrder(() =>
        {
            CudaNumbers.FindNotFinite(Library, Stream, type, x, values.Length, mayBeInfinite, first);
            found = Device.Read<ulong>(first, 1)[0];
            return [found == CudaNumbers.None ? -1 : found];
        });
        Assert.Equal(expected, found);
        Device.Free();
    }
}
