using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>What work must not do: allocates an array of that many bytes in each item.</summary>
public readonly struct AllocateInWork(int bytes) : IWork
{
    public void Run(int first, int last)
    {
        for (int i = first; i < last; i++) GC.KeepAlive(new byte[bytes]);
    }
}
