using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Memory;

/// <summary>
/// Memory in pages of 2 MiB, where the system has them: kernels step through matrices in strides of several KiB, and
/// with pages of 4 KiB nearly each step would have to look its page up anew.
/// </summary>
static unsafe partial class HugePages
{
    /// <summary>Bytes of a page.</summary>
    public const int Size = 2 << 20;

    const int Advice = 14;      // MADV_HUGEPAGE

    /// <summary>
    /// Asks for such pages, for those that lie in the memory as a whole; nothing happens where the system knows none.
    /// Must come before the memory is first touched.
    /// </summary>
    /// <param name="start">The memory.</param>
    /// <param name="length">Bytes.</param>
    public static void Advise(void* start, nuint length)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint from = ((nuint)start + Size - 1) & ~(nuint)(Size - 1), to = ((nuint)start + length) & ~(nuint)(Size - 1);
        // A hint: a kernel without such pages says so, and all goes on with small ones.
        if (to > from) _ = AdviseMemory((void*)from, to - from, Advice);
    }

    /// <summary>Memory of unknown content; freed with <see cref="NativeMemory.AlignedFree"/>.</summary>
    /// <param name="length">Bytes; at least one page of them begins on a page.</param>
    /// <returns>Memory that begins on a line of the cache.</returns>
    public static void* Allocate(nuint length)
    {
        if (length < Size) return NativeMemory.AlignedAlloc(length, NativeArena.Alignment);
        void* start = NativeMemory.AlignedAlloc(length, Size);
        Advise(start, length);
        return start;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* start, nuint length, int advice);
}
