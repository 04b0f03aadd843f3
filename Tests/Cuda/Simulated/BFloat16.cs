using System;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>bf16 on the host: to nearest, ties to even.</summary>
static class BFloat16
{
    public static ushort From(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return (bits & 0x7FFFFFFF) > 0x7F800000 ? (ushort)0x7FFF : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    public static float To(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    public static ushort[] From(double[] values) => Array.ConvertAll(values, From);

    public static float[] To(ushort[] values) => Array.ConvertAll(values, To);

    /// <summary>Values as they are after rounding.</summary>
    public static double[] Rounded(double[] values) => Array.ConvertAll(values, v => (double)To(From(v)));
}
