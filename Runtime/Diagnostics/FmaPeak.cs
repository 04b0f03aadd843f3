using System;
using System.Diagnostics;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>What the processor's fused multiply-add units give right now, on as many threads as a run has.</summary>
/// <remarks>
/// Machines are shared and clocks change, so it is measured in the same run, and the best of several bursts counts.
/// </remarks>
static class FmaPeak
{
    const int ItemsPerThread = 8, Rounds = 2_000_000, Bursts = 10;

    /// <summary>Measures for about a tenth of a second.</summary>
    /// <param name="device">Its threads work.</param>
    /// <param name="clock">Seconds from any moment; time that passes where nothing else is said.</param>
    /// <returns>Floating-point operations in 1e-9 s, a fused multiply-add as two.</returns>
    public static unsafe double Gflops(Device device, Func<double>? clock = null)
    {
        clock ??= () => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        int items = ItemsPerThread * device.Threads;
        var sums = new float[items];
        double best = 0;
        fixed (float* start = sums)
        {
            var work = new FmaWork { sums = start, rounds = Rounds / ItemsPerThread };
            for (int burst = 0; burst < Bursts; burst++)
            {
                double before = clock();
                device.Pool.Run(work, items);
                double seconds = clock() - before;
                best = Math.Max(best, FmaWork.Flops(work.rounds) * (double)items / seconds * 1e-9);
            }
        }
        return best;
    }
}
