using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>The loads and stores of sixteen lanes of one storage type, so that one test asks the same of each.</summary>
public sealed unsafe class StoredLanes
{
    public delegate Vector512<float> Reads(byte* from);

    public delegate Vector512<float> ReadsSome(byte* from, int count);

    public delegate Vector512<float> ReadsStrided(byte* from, nint stride, int count);

    public delegate void Writes(byte* to, Vector512<float> value);

    public delegate void WritesSome(byte* to, Vector512<float> value, int count);

    public required PlainFormat Format { get; init; }

    /// <summary>Bytes of an element.</summary>
    public required int Size { get; init; }

    public required Reads Load { get; init; }

    public required ReadsSome LoadPartial { get; init; }

    public required ReadsStrided LoadStrided { get; init; }

    public required Writes Store { get; init; }

    public required WritesSome StorePartial { get; init; }

    /// <summary>One number's pattern, by the type's own conversion.</summary>
    public required Func<float, int> Encode { get; init; }

    /// <summary>One pattern's number, by the type's own conversion.</summary>
    public required Func<int, float> Decode { get; init; }

    public static TheoryData<string> Names => [nameof(BFloat16), nameof(Half), nameof(Float8E4M3), nameof(Float8E5M2)];

    public static StoredLanes Of(string name) => name switch
    {
        nameof(BFloat16) => new()
        {
            Format = PlainFormat.BFloat16, Size = 2,
            Load = from => Lanes.Load((BFloat16*)from),
            LoadPartial = (from, count) => Lanes.LoadPartial((BFloat16*)from, count),
            LoadStrided = (from, stride, count) => Lanes.LoadStrided((BFloat16*)from, stride, count),
            Store = (to, value) => Lanes.Store((BFloat16*)to, value),
            StorePartial = (to, value, count) => Lanes.StorePartial((BFloat16*)to, value, count),
            Encode = x => ((BFloat16)x).Bits, Decode = bits => (float)new BFloat16((ushort)bits),
        },
        nameof(Half) => new()
        {
            Format = PlainFormat.Float16, Size = 2,
            Load = from => Lanes.Load((Half*)from),
            LoadPartial = (from, count) => Lanes.LoadPartial((Half*)from, count),
            LoadStrided = (from, stride, count) => Lanes.LoadStrided((Half*)from, stride, count),
            Store = (to, value) => Lanes.Store((Half*)to, value),
            StorePartial = (to, value, count) => Lanes.StorePartial((Half*)to, value, count),
            Encode = x => BitConverter.HalfToUInt16Bits((Half)x), Decode = bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits),
        },
        nameof(Float8E4M3) => new()
        {
            Format = PlainFormat.Float8E4M3, Size = 1,
            Load = from => Lanes.Load((Float8E4M3*)from),
            LoadPartial = (from, count) => Lanes.LoadPartial((Float8E4M3*)from, count),
            LoadStrided = (from, stride, count) => Lanes.LoadStrided((Float8E4M3*)from, stride, count),
            Store = (to, value) => Lanes.Store((Float8E4M3*)to, value),
            StorePartial = (to, value, count) => Lanes.StorePartial((Float8E4M3*)to, value, count),
            Encode = x => ((Float8E4M3)x).Bits, Decode = bits => (float)new Float8E4M3((byte)bits),
        },
        _ => new()
        {
            Format = PlainFormat.Float8E5M2, Size = 1,
            Load = from => Lanes.Load((Float8E5M2*)from),
            LoadPartial = (from, count) => Lanes.LoadPartial((Float8E5M2*)from, count),
            LoadStrided = (from, stride, count) => Lanes.LoadStrided((Float8E5M2*)from, stride, count),
            Store = (to, value) => Lanes.Store((Float8E5M2*)to, value),
            StorePartial = (to, value, count) => Lanes.StorePartial((Float8E5M2*)to, value, count),
            Encode = x => ((Float8E5M2)x).Bits, Decode = bits => (float)new Float8E5M2((byte)bits),
        },
    };

    /// <summary>The pattern of an element in memory.</summary>
    public int At(byte* memory, int i) => Size == 1 ? memory[i] : ((ushort*)memory)[i];

    /// <summary>Puts a pattern into memory.</summary>
    public void Put(byte* memory, int i, int bits)
    {
        if (Size == 1) memory[i] = (byte)bits;
        else ((ushort*)memory)[i] = (ushort)bits;
    }
}
