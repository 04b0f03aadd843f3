using System;

namespace ModelCompiler.Tests.Harness;

/// <summary>
/// Counts what code allocates, without what the runtime does. The runtime grows its own tables now and then (of a thread's statics, of
/// handles of compiled code), on whichever thread comes by: once, whatever that thread runs. What code allocates, it allocates every time.
/// So code that allocates nothing has a run without, and code that allocates has none.
/// </summary>
public static class Allocations
{
    const int Attempts = 4;

    /// <summary>The least of a few runs; the first that allocates nothing ends them.</summary>
    /// <param name="run">Runs the code many times and returns the bytes.</param>
    public static long Least(Func<long> run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Attempts && least != 0; i++) least = Math.Min(least, run());
        return least;
    }
}
