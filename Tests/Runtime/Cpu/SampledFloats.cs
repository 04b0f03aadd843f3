using System;
using System.Collections.Generic;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Arguments for elementary functions, from all fp32 numbers alike: every exponent gets as many.</summary>
public static class SampledFloats
{
    static readonly float[] Special =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1.17549421e-38f, 1.17549435e-38f, -1.17549435e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1f, -1f, MathF.BitIncrement(1f), MathF.BitDecrement(1f), 0.9f, 3.92f, 3.95f, 9.01f,
        88.72283f, 88.72284f, 89f, -87.33655f, -103.27893f, -103.97208f, -104f, -105f,
    ];

    /// <summary>The special numbers, then one in so many of all 2^32 patterns; a multiple of 16.</summary>
    public static float[] Every(uint step)
    {
        var numbers = new List<float>(Special);
        for (long bits = 0; bits <= uint.MaxValue; bits += step) numbers.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        while (numbers.Count % 16 != 0) numbers.Add(1);
        return [.. numbers];
    }

    /// <summary>The special numbers and neighbours of numbers in a range, evenly spread.</summary>
    public static float[] Between(float low, float high, int count)
    {
        var numbers = new List<float>(Special);
        for (int i = 0; i < count; i++) numbers.Add((float)(low + (double)(high - low) * i / count));
        while (numbers.Count % 16 != 0) numbers.Add(1);
        return [.. numbers];
    }
}
