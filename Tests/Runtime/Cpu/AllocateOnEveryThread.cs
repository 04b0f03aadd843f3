using System;
using System.Threading;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>What work must not do: each item, once as many threads as there are items are inside, allocates an array.</summary>
public unsafe struct AllocateOnEveryThread(int count, int bytes, int* inside) : IWork
{
    readonly int* inside = inside;

    public readonly void Run(int first, int last)
    {
        for (int i = first; i < last; i++)
        {
            Interlocked.Increment(ref *inside);
            long end = Environment.TickCount64 + 10_000;
            while (Volatile.Read(ref *inside) < count && Environment.TickCount64 < end) Thread.Yield();
            GC.KeepAlive(new byte[bytes]);
        }
    }
}
