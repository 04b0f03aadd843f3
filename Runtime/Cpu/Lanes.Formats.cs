using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Runtime.Cpu;

/// <content>
/// Numbers of fewer bits: loads convert to fp32, stores round to the nearest, ties to even. The same bits on every
/// processor.
/// </content>
public static unsafe partial class Lanes
{
    /// <summary>[16] lanes in fp32.</summary>
    /// <param name="from">[16]; any alignment.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(BFloat16* from) =>
        Vector512.ShiftLeft(Widen(Vector256.Load((ushort*)from)), 16).AsSingle();

    /// <inheritdoc cref="Load(BFloat16*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(Half* from) =>
        SmallFloat.Half.Decode(Widen(Vector256.Load((ushort*)from)));

    /// <inheritdoc cref="Load(BFloat16*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(Float8E4M3* from) =>
        SmallFloat.Float8E4M3.Decode(Widen(Vector128.Load((byte*)from)));

    /// <inheritdoc cref="Load(BFloat16*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(Float8E5M2* from) =>
        SmallFloat.Float8E5M2.Decode(Widen(Vector128.Load((byte*)from)));

    /// <summary>[16] lanes: the first elements, then zeros. Memory behind them is not touched.</summary>
    /// <param name="from">[count]; any alignment.</param>
    /// <param name="count">0 to 16.</param>
    [SkipLocalsInit]
    public static Vector512<float> LoadPartial(BFloat16* from, int count)
    {
        ushort* lanes = stackalloc ushort[16];
        Fill((ushort*)from, 1, count, lanes);
        return Load((BFloat16*)lanes);
    }

    /// <inheritdoc cref="LoadPartial(BFloat16*, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadPartial(Half* from, int count)
    {
        ushort* lanes = stackalloc ushort[16];
        Fill((ushort*)from, 1, count, lanes);
        return Load((Half*)lanes);
    }

    /// <inheritdoc cref="LoadPartial(BFloat16*, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadPartial(Float8E4M3* from, int count)
    {
        byte* lanes = stackalloc byte[16];
        Fill((byte*)from, 1, count, lanes);
        return Load((Float8E4M3*)lanes);
    }

    /// <inheritdoc cref="LoadPartial(BFloat16*, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadPartial(Float8E5M2* from, int count)
    {
        byte* lanes = stackalloc byte[16];
        Fill((byte*)from, 1, count, lanes);
        return Load((Float8E5M2*)lanes);
    }

    /// <inheritdoc cref="LoadStrided(float*, nint, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadStrided(BFloat16* from, nint stride, int count)
    {
        ushort* lanes = stackalloc ushort[16];
        Fill((ushort*)from, stride, Math.Min(count, 16), lanes);
        return Load((BFloat16*)lanes);
    }

    /// <inheritdoc cref="LoadStrided(float*, nint, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadStrided(Half* from, nint stride, int count)
    {
        ushort* lanes = stackalloc ushort[16];
        Fill((ushort*)from, stride, Math.Min(count, 16), lanes);
        return Load((Half*)lanes);
    }

    /// <inheritdoc cref="LoadStrided(float*, nint, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadStrided(Float8E4M3* from, nint stride, int count)
    {
        byte* lanes = stackalloc byte[16];
        Fill((byte*)from, stride, Math.Min(count, 16), lanes);
        return Load((Float8E4M3*)lanes);
    }

    /// <inheritdoc cref="LoadStrided(float*, nint, int)"/>
    [SkipLocalsInit]
    public static Vector512<float> LoadStrided(Float8E5M2* from, nint stride, int count)
    {
        byte* lanes = stackalloc byte[16];
        Fill((byte*)from, stride, Math.Min(count, 16), lanes);
        return Load((Float8E5M2*)lanes);
    }

    /// <summary>Writes all lanes, rounded.</summary>
    /// <param name="to">[16]; any alignment.</param>
    /// <param name="value">fp32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BFloat16* to, Vector512<float> value) => Narrow(Round(value)).Store((ushort*)to);

    /// <inheritdoc cref="Store(BFloat16*, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Half* to, Vector512<float> value) =>
        Narrow(SmallFloat.Half.Encode(value)).Store((ushort*)to);

    /// <summary>Writes all lanes, rounded; what is beyond the largest number becomes that.</summary>
    /// <param name="to">[16]; any alignment.</param>
    /// <param name="value">fp32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float8E4M3* to, Vector512<float> value) =>
        Bytes(SmallFloat.Float8E4M3.Encode(value)).Store((byte*)to);

    /// <inheritdoc cref="Store(Float8E4M3*, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float8E5M2* to, Vector512<float> value) =>
        Bytes(SmallFloat.Float8E5M2.Encode(value)).Store((byte*)to);

    /// <summary>Writes the first lanes, rounded. Memory behind them is not touched.</summary>
    /// <param name="to">[count]; any alignment.</param>
    /// <param name="value">fp32.</param>
    /// <param name="count">0 to 16.</param>
    [SkipLocalsInit]
    public static void StorePartial(BFloat16* to, Vector512<float> value, int count)
    {
        BFloat16* lanes = stackalloc BFloat16[16];
        Store(lanes, value);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }

    /// <inheritdoc cref="StorePartial(BFloat16*, Vector512{float}, int)"/>
    [SkipLocalsInit]
    public static void StorePartial(Half* to, Vector512<float> value, int count)
    {
        Half* lanes = stackalloc Half[16];
        Store(lanes, value);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }

    /// <inheritdoc cref="StorePartial(BFloat16*, Vector512{float}, int)"/>
    [SkipLocalsInit]
    public static void StorePartial(Float8E4M3* to, Vector512<float> value, int count)
    {
        Float8E4M3* lanes = stackalloc Float8E4M3[16];
        Store(lanes, value);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }

    /// <inheritdoc cref="StorePartial(BFloat16*, Vector512{float}, int)"/>
    [SkipLocalsInit]
    public static void StorePartial(Float8E5M2* to, Vector512<float> value, int count)
    {
        Float8E5M2* lanes = stackalloc Float8E5M2[16];
        Store(lanes, value);
        for (int i = 0; i < count; i++) to[i] = lanes[i];
    }

    /// <summary>The numbers that a store as bf16 would leave.</summary>
    /// <param name="value">fp32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RoundToBFloat16(Vector512<float> value) =>
        Vector512.ShiftLeft(Round(value), 16).AsSingle();

    /// <summary>The numbers that a store as IEEE binary16 would leave.</summary>
    /// <param name="value">fp32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RoundToFloat16(Vector512<float> value) =>
        SmallFloat.Half.Decode(SmallFloat.Half.Encode(value));

    /// <summary>Rounds to 10 bits of mantissa, ties away from zero: what a tensor core takes of fp32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> RoundToTensorFloat32(Vector512<float> value)
    {
        Vector512<int> bits = value.AsInt32(), exponent = Vector512.Create(255 << 23);
        Vector512<int> rounded = bits + Vector512.Create(0x1000) & Vector512.Create(~0x1FFF);
        return Vector512.ConditionalSelect(Vector512.Equals(bits & exponent, exponent), bits, rounded).AsSingle();
    }

    /// <summary>To bf16, in the low half of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Round(Vector512<float> value)
    {
        Vector512<int> bits = value.AsInt32();
        Vector512<int> upper = Vector512.ShiftRightLogical(bits, 16);
        Vector512<int> rounded = Vector512.ShiftRightLogical(
            bits + (upper & Vector512<int>.One) + Vector512.Create(0x7FFF), 16);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsInt32(), rounded,
            upper | Vector512.Create(0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Widen(Vector256<ushort> value)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(value);
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(value);
        return Vector512.Create(lower, upper).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Widen(Vector128<byte> value)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(value);
        return Widen(Vector256.Create(lower, upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ushort> Narrow(Vector512<int> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(value)
        : Vector256.Narrow(value.GetLower().AsUInt32(), value.GetUpper().AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Bytes(Vector512<int> value)
    {
        Vector256<ushort> narrow = Narrow(value);
        return Vector128.Narrow(narrow.GetLower(), narrow.GetUpper());
    }

    static void Fill(ushort* from, nint stride, int count, ushort* lanes)
    {
        for (int i = 0; i < count; i++, from += stride) lanes[i] = *from;
        for (int i = count; i < 16; i++) lanes[i] = 0;
    }

    static void Fill(byte* from, nint stride, int count, byte* lanes)
    {
        for (int i = 0; i < count; i++, from += stride) lanes[i] = *from;
        for (int i = count; i < 16; i++) lanes[i] = 0;
    }
}
