using System;
using System.Runtime.CompilerServices;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// Native memory with a fence on both sides. All of it starts as one particular NaN: a kernel that reads beside its operands spoils its
/// result, and one that writes beside them breaks the fence, which <see cref="Dispose"/> notices.
/// </summary>
public sealed unsafe class FencedFloats : IDisposable
{
    const int Fence = 48;

    readonly NativeArena arena;

    /// <param name="count">Elements between the fences.</param>
    /// <param name="shift">Moves the first element off its cache line.</param>
    public FencedFloats(int count, int shift = 0)
    {
        Count = count;
        arena = new NativeArena((count + shift + 2 * Fence) * sizeof(float));
        Start = (float*)arena.Data + Fence + shift;
        new Span<float>(arena.Data, count + shift + 2 * Fence).Fill(Untouched);
    }

    /// <param name="values">What is between the fences.</param>
    /// <param name="shift">Moves the first element off its cache line.</param>
    public FencedFloats(ReadOnlySpan<float> values, int shift = 0) : this(values.Length, shift) => values.CopyTo(Span);

    /// <summary>What no calculation results in.</summary>
    public static float Untouched { get; } = BitConverter.Int32BitsToSingle(0x7FC0DEAD);

    public int Count { get; }

    public float* Start { get; }

    public int* Integers => (int*)Start;

    public Span<float> Span => new(Start, Count);

    public Span<int> Bits => new(Start, Count);

    public static bool IsUntouched(float value) => Unsafe.BitCast<float, int>(value) == Unsafe.BitCast<float, int>(Untouched);

    public void Dispose()
    {
        for (int i = 1; i <= Fence; i++)
        {
            Assert.True(IsUntouched(Start[-i]), $"element {-i}, in front of the first, is now {Start[-i]}");
            Assert.True(IsUntouched(Start[Count - 1 + i]), $"element {Count - 1 + i}, behind the last of {Count}, is now {Start[Count - 1 + i]}");
        }
        arena.Dispose();
    }
}
