using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// Loads and stores of part of a vector, and sums and maxima over its lanes in an order that is the same on every
/// machine.
/// </summary>
public static unsafe class Vectors
{
    /// <summary>
    /// [16] lanes: the first <paramref name="count"/> elements, then zeros. Memory behind them is not touched.
    /// </summary>
    /// <param name="from">[count]; any alignment.</param>
    /// <param name="count">0 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadPartial(float* from, int count) => Vector512.IsHardwareAccelerated
        && Avx512F.IsSupported
        ? Avx512F.MaskLoad(from, Lanes.Mask(count), Vector512<float>.Zero)
        : LoadByElement((int*)from, count).AsSingle();

    /// <inheritdoc cref="LoadPartial(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPartial(int* from, int count) => LoadPartial((float*)from, count).AsInt32();

    /// <summary>Writes the first lanes. Memory behind them is not touched.</summary>
    /// <param name="to">[count]; any alignment.</param>
    /// <param name="value">[16] lanes.</param>
    /// <param name="count">0 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* to, Vector512<float> value, int count)
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) Avx512F.MaskStore(to, Lanes.Mask(count), value);
        else StoreByElement((int*)to, value.AsInt32(), count);
    }

    /// <inheritdoc cref="StorePartial(float*, Vector512{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* to, Vector512<int> value, int count) =>
        StorePartial((float*)to, value.AsSingle(), count);

    /// <summary>The sum of all 16 lanes: halves are added to each other until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value)
    {
        Vector256<float> eight = value.GetLower() + value.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.ToScalar() + two.GetElement(1);
    }

    /// <summary>The largest of the 16 lanes; NaN if one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> value)
    {
        Vector256<float> eight = Vector256.Max(value.GetLower(), value.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        Vector128<float> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [SkipLocalsInit]
    static Vector512<int> LoadByElement(int* from, int count)
    {
        int* lanes = stackalloc int[16];
        Vector512<int>.Zero.Store(lanes);
        for (int i = 0; i < count; i++) lanes[i] = from[i];
        return Vector512.Load(lanes);
    }

    [SkipLocalsInit]
    static void StoreByElement(int* to, Vector512<int> value, int count)
    {
        int* lanes = stackalloc int[16];
        value.Store(lanes);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }
}
