using System;
using System.Runtime.Intrinsics;
using System.Threading;

namespace ModelCompiler.Runtime.Cpu.Convolutions;

/// <summary>Looks whether all numbers of an operand may be transformed: items are blocks of it.</summary>
unsafe struct WinogradCheck(float* source, long length, int* isTooLarge) : IWork
{
    /// <summary>
    /// Of four of them times nine of the other operand's, sums over all channels or tiles that a product may have, and
    /// of nine such sums, are finite.
    /// </summary>
    public const float Largest = 1e13f;

    const int Block = 1 << 16;

    readonly float* source = source;
    readonly long length = length;
    readonly int* isTooLarge = isTooLarge;

    public readonly int Items => checked((int)((length + Block - 1) / Block));

    public readonly void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
            if (!IsGood((long)item * Block)) Fail();
    }

    /// <summary>Notes that there is a number too large, infinite or none.</summary>
    public readonly void Fail() => Volatile.Write(ref *isTooLarge, 1);

    readonly bool IsGood(long from)
    {
        float* x = source + from;
        int count = (int)Math.Min(Block, length - from), i = 0;
        Vector512<float> good = Vector512<float>.AllBitsSet, largest = Vector512.Create(Largest);
        for (; i + 16 <= count; i += 16)
            good &= Vector512.LessThanOrEqual(Vector512.Abs(Vector512.Load(x + i)), largest);
        if (i < count)
            good &= Vector512.LessThanOrEqual(Vector512.Abs(Vectors.LoadPartial(x + i, count - i)), largest);
        return good.AsInt32() == Vector512<int>.AllBitsSet;
    }
}
