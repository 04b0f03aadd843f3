using System;
using System.Threading;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Item i waits until as many threads as there are items are inside, then notes its thread; gives up after a while.</summary>
public unsafe struct NoteThreads(int count, int* inside, int* threads) : IWork
{
    readonly int* inside = inside;
    readonly int* threads = threads;    // [count]

    public readonly void Run(int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            Interlocked.Increment(ref *inside);
            long end = Environment.TickCount64 + 10_000;
            while (Volatile.Read(ref *inside) < count && Environment.TickCount64 < end) Thread.Yield();
            threads[i] = Environment.CurrentManagedThreadId;
        }
    }
}
