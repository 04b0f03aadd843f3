using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Each item is work of its own on the same pool. Work holds no references, so the pool comes as a handle.</summary>
public unsafe struct NestedCount(nint pool, int* items, int* shares, int count) : IWork
{
    readonly int* items = items;
    readonly int* shares = shares;

    public readonly void Run(int first, int last)
    {
        var threads = (WorkerPool)GCHandle.FromIntPtr(pool).Target!;
        for (int i = first; i < last; i++) threads.Run(new CountItems(items + i * count, shares), count);
    }
}
