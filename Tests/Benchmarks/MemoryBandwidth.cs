using System;
using System.Diagnostics;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Benchmarks;

/// <summary>What memory gives right now, on as many threads as a run has: arrays that no cache holds, the best of several passes.</summary>
static class MemoryBandwidth
{
    const int Passes = 6, Block = 1 << 16;
    const long Elements = 1L << 26;   // 256 MiB, many times a last-level cache

    /// <summary>Reads from start to end.</summary>
    /// <param name="device">Its threads work.</param>
    /// <returns>Bytes in 1e-9 s.</returns>
    public static double Read(Device device) => Measure(device, isUpdate: false) * sizeof(float);

    /// <summary>Reads and writes in place, as an optimizer does.</summary>
    /// <param name="device">Its threads work.</param>
    /// <returns>Bytes in 1e-9 s, each element once read and once written.</returns>
    public static double Update(Device device) => Measure(device, isUpdate: true) * 2 * sizeof(float);

    static unsafe double Measure(Device device, bool isUpdate)
    {
        using var memory = new NativeArena(Elements * sizeof(float));
        int blocks = (int)(Elements / Block);
        var sums = new float[blocks];
        double best = double.PositiveInfinity;
        fixed (float* results = sums)
        {
            var work = new ReadOrUpdateWork { data = (float*)memory.Data, sums = results, block = Block, isUpdate = isUpdate };
            for (int pass = 0; pass <= Passes; pass++)
            {
                long start = Stopwatch.GetTimestamp();
                device.Pool.Run(work, blocks, 16);
                // The first pass gives the memory its pages.
                if (pass == 0 && !isUpdate) memory.Clear();
                else if (pass > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return Elements / best * 1e-9;
    }
}
