using System;
using System.Threading;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// An arena with several owners, freed when the last one lets go; owners that forget to are made up for by the
/// collector.
/// </summary>
sealed class SharedArena(long length)
{
    int owners = 1;

    public NativeArena Arena { get; } = new(length);

    public void Acquire()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref owners);
            ObjectDisposedException.ThrowIf(seen == 0, typeof(Weights));
        }
        while (Interlocked.CompareExchange(ref owners, seen + 1, seen) != seen);
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref owners) == 0) Arena.Dispose();
    }
}
