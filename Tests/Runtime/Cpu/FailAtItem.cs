using System;
using System.Threading;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Throws at one item; counts who is inside meanwhile.</summary>
public unsafe struct FailAtItem(int item, int* inside) : IWork
{
    readonly int* inside = inside;

    public readonly void Run(int first, int last)
    {
        Interlocked.Increment(ref *inside);
        try
        {
            for (int i = first; i < last; i++)
            {
                Thread.SpinWait(20);
                if (i == item) throw new InvalidOperationException($"item {i}");
            }
        }
        finally
        {
            Interlocked.Decrement(ref *inside);
        }
    }
}
