using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Lane masks, and loads of elements that do not lie next to each other.</summary>
public static unsafe partial class Lanes
{
    /// <summary>[16] lanes, all bits set in the first <paramref name="count"/> ones and none in the others.</summary>
    /// <param name="count">0 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mask(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    /// <summary>
    /// [16] lanes: every stride-th element; zeros beyond <paramref name="count"/>, whose memory is not touched.
    /// </summary>
    /// <param name="from">The first element.</param>
    /// <param name="stride">Elements from one to the next; may be 0 or negative.</param>
    /// <param name="count">How many exist, 0 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadStrided(float* from, nint stride, int count) =>
        LoadStrided((int*)from, stride, count).AsSingle();

    /// <summary>[16] lanes: every second element; zeros beyond <paramref name="count"/>, whose memory is not touched.
    /// </summary>
    /// <param name="from">The first element.</param>
    /// <param name="count">How many exist, 1 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> LoadEverySecond(float* from, int count)
    {
        if (!Vector512.IsHardwareAccelerated || !Avx512F.IsSupported) return LoadStrided(from, 2, count);
        int elements = 2 * count - 1;
        Vector512<float> low = Vectors.LoadPartial(from, Math.Min(16, elements));
        Vector512<float> high = Vectors.LoadPartial(from + 16, Math.Max(0, elements - 16));
        return Avx512F.PermuteVar16x32x2(low, Vector512<int>.Indices * 2, high);
    }

    /// <inheritdoc cref="LoadStrided(float*, nint, int)"/>
    [SkipLocalsInit]
    public static Vector512<int> LoadStrided(int* from, nint stride, int count)
    {
        int* lanes = stackalloc int[16];
        if (count >= 16)
        {
            for (int i = 0; i < 16; i++, from += stride) lanes[i] = *from;
            return Vector512.Load(lanes);
        }
        Vector512<int>.Zero.Store(lanes);
        for (int i = 0; i < count; i++, from += stride) lanes[i] = *from;
        return Vector512.Load(lanes);
    }
}
