using System;
using System.Threading;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Training;

/// <summary>
/// An arena with several owners, freed when the last one lets go; owners that forget to are made up for by the
/// collector.
/// </summary>
sealed class SharedArena(long length, bool isOnDevice)
{
    int owners = 1;

    public MirroredArena Arena { get; } = new(length, isOnDevice, "parameters");

    /// <summary>Whether there is more than one owner.</summary>
    public bool IsShared => Volatile.Read(ref owners) > 1;

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
