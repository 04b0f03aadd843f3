using System.Threading;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Adds 1 to the number of each item, and to that of the shares they come in.</summary>
public unsafe struct CountItems(int* items, int* shares) : IWork
{
    readonly int* items = items;
    readonly int* shares = shares;

    public readonly void Run(int first, int last)
    {
        Interlocked.Increment(ref *shares);
        for (int i = first; i < last; i++) Interlocked.Increment(ref items[i]);
    }
}
