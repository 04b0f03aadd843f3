using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>A device, its kernel library, and arrays of any element type, for a class of tests of launchers.</summary>
public sealed class LibraryDevice : IDisposable
{
    readonly SimulatedDevice device = new();
    readonly List<IDisposable> arrays = [];
    KernelLibrary? library;

    public CudaContext Context => device.Context;

    public CudaStream Stream => device.Stream;

    public KernelLibrary Library => library ??= new KernelLibrary(device.Context, device.Compiler);

    /// <summary>Kernels built anew, since a mode of the simulator that they are built for has changed.</summary>
    public void Rebuild()
    {
        library?.Dispose();
        library = null;
    }

    /// <summary>An array that is there until <see cref="Free"/>, with these values as stored.</summary>
    public ulong Store(CudaDataType type, ReadOnlySpan<double> values)
    {
        var array = new CudaDeviceVariable<byte>(Context, Math.Max(1, values.Length * Size(type)));
        arrays.Add(array);
        array.CopyToDevice(Bytes(type, values), Stream);
        return array.DevicePointer;
    }

    public ulong Store<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var array = new CudaDeviceVariable<T>(Context, Math.Max(1, values.Length));
        arrays.Add(array);
        array.CopyToDevice(values, Stream);
        return array.DevicePointer;
    }

    /// <summary>An array nobody has written: the simulator fills it with NaN.</summary>
    public ulong Empty(long bytes)
    {
        var array = new CudaDeviceVariable<byte>(Context, Math.Max(1, bytes));
        arrays.Add(array);
        return array.DevicePointer;
    }

    public ulong Empty(CudaDataType type, long count) => Empty(count * Size(type));

    public unsafe T[] Read<T>(ulong address, long count) where T : unmanaged
    {
        var values = new T[count];
        fixed (T* first = values)
        {
            Stream.CopyToHost(first, address, count * sizeof(T));
            Stream.Synchronize();
        }
        return values;
    }

    public float[] Read(CudaDataType type, ulong address, long count) => type switch
    {
        CudaDataType.Float32 => Read<float>(address, count),
        CudaDataType.BFloat16 => BFloat16.To(Read<ushort>(address, count)),
        CudaDataType.Float16 => [.. Read<ushort>(address, count).Select(b => (float)BitConverter.UInt16BitsToHalf(b))],
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Frees all arrays.</summary>
    public void Free()
    {
        foreach (IDisposable array in arrays) array.Dispose();
        arrays.Clear();
    }

    public void Dispose()
    {
        if (library is null && arrays.Count == 0) return;       // nothing ran, maybe for want of a simulator
        Free();
        library?.Dispose();
        device.Dispose();
    }

    /// <summary>Values as they are after rounding to a type.</summary>
    public static double[] Rounded(CudaDataType type, ReadOnlySpan<double> values)
    {
        var rounded = new double[values.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = type switch
            {
                CudaDataType.BFloat16 => BFloat16.To(BFloat16.From(values[i])),
                CudaDataType.Float16 => (double)(Half)values[i],
                _ => (float)values[i],
            };
        }
        return rounded;
    }

    /// <summary>How far a result may be from the exact one, relative to the largest: half a unit of the type and what fp32 sums lose.</summary>
    public static double Error(CudaDataType type, double ofSums = 1e-6) => ofSums + type switch
    {
        CudaDataType.BFloat16 => 1.0 / 256,
        CudaDataType.Float16 => 1.0 / 2048,
        _ => 0,
    };

    public static int Size(CudaDataType type) => type == CudaDataType.Float32 ? 4 : 2;

    static byte[] Bytes(CudaDataType type, ReadOnlySpan<double> values)
    {
        var bytes = new byte[values.Length * Size(type)];
        if (type == CudaDataType.Float32)
        {
            Span<float> to = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
            for (int i = 0; i < values.Length; i++) to[i] = (float)values[i];
            return bytes;
        }
        Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
        for (int i = 0; i < values.Length; i++)
            halves[i] = type == CudaDataType.BFloat16 ? BFloat16.From(values[i]) : BitConverter.HalfToUInt16Bits((Half)values[i]);
        return bytes;
    }
}
