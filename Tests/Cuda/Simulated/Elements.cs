using System;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Numbers of an element type as bytes.</summary>
static class Elements
{
    public static int Size(CudaDataType type) => type == CudaDataType.Float32 ? 4 : 2;

    /// <summary>As an element type holds it.</summary>
    public static double Rounded(CudaDataType type, double value) => type switch
    {
        CudaDataType.BFloat16 => BFloat16.To(BFloat16.From(value)),
        CudaDataType.Float16 => (double)(Half)value,
        _ => (float)value,
    };

    /// <summary>Uniform numbers in (-range, range), as an element type holds them.</summary>
    public static double[] Draw(CudaDataType type, int count, int seed, double range)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = Rounded(type, range * (2 * random.NextDouble() - 1));
        return values;
    }

    public static byte[] Bytes(CudaDataType type, double[] values)
    {
        int size = Size(type);
        var bytes = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
        {
            Span<byte> to = bytes.AsSpan(i * size);
            Assert.True(type switch
            {
                CudaDataType.Float32 => BitConverter.TryWriteBytes(to, (float)values[i]),
                CudaDataType.BFloat16 => BitConverter.TryWriteBytes(to, BFloat16.From(values[i])),
                _ => BitConverter.TryWriteBytes(to, (Half)values[i]),
            });
        }
        return bytes;
    }

    public static float[] Floats(CudaDataType type, byte[] bytes)
    {
        int size = Size(type);
        var values = new float[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> from = bytes.AsSpan(i * size, size);
            values[i] = type switch
            {
                CudaDataType.Float32 => BitConverter.ToSingle(from),
                CudaDataType.BFloat16 => BFloat16.To(BitConverter.ToUInt16(from)),
                _ => (float)BitConverter.ToHalf(from),
            };
        }
        return values;
    }
}
