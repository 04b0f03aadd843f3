using System;
using System.Threading;
using ModelCompiler.Runtime.Data;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Items that are their own number; one of them may fail.</summary>
sealed class Numbered(int length, int failAt = -1) : Dataset("numbers", length, new(Features: 2, Labels: 1))
{
    int reads;
    long allocated;

    /// <summary>How often an item was read.</summary>
    public int Reads => Volatile.Read(ref reads);

    /// <summary>Bytes the reading thread had allocated at its last item.</summary>
    public long AllocatedByReader => Volatile.Read(ref allocated);

    /// <summary>Whether the failing item still fails.</summary>
    public bool IsBroken { get; set; } = true;

    public override void Read(int index, Item item)
    {
        Interlocked.Increment(ref reads);
        Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread());
        if (index == failAt && IsBroken) throw new DatasetException("numbers.bin", "this item is damaged.", row: index + 1);
        item.Features.Fill(index);
        item.Labels[0] = index;
    }
}
