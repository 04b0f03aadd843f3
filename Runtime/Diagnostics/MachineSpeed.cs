using System;
using System.Diagnostics;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>What a machine can do at most, measured when it is asked: the two bounds of a roofline.</summary>
/// <remarks>
/// <para><b>Source</b>: Williams, Waterman and Patterson, Roofline: An Insightful Visual Performance Model (2009). The
/// bandwidth is that of the third kernel of McCalpin's STREAM (1995), without counting what caches read before they
/// write.</para>
/// <para><b>Memory</b>: 192 MB while it measures; on a device of CUDA up to 0.8 GB of its own.</para>
/// </remarks>
/// <param name="Gflops">Floating-point operations in 1e-9 s, a fused multiply-add as two.</param>
/// <param name="GigabytesPerSecond">Between processor and memory, in 1e9 bytes.</param>
public sealed record MachineSpeed(double Gflops, double GigabytesPerSecond)
{
    const int Items = 1024, Bursts = 6;

    /// <summary>Measures for about half a second; the best of several bursts counts, because machines are shared.
    /// </summary>
    /// <param name="device">Its threads work. Of one of CUDA: products of bf16, and copies.</param>
    public static MachineSpeed Measure(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.IsCuda) return Cuda.Programs.CudaSpeed.Measure(device.Machine);
        return new(FmaPeak.Gflops(device), Bandwidth(device));
    }

    /// <summary>The least time that some work takes.</summary>
    /// <param name="flops">Floating-point operations.</param>
    /// <param name="bytes">Read and written.</param>
    /// <returns>Seconds.</returns>
    public double Floor(double flops, double bytes) =>
        Math.Max(flops / (Gflops * 1e9), bytes / (GigabytesPerSecond * 1e9));

    static unsafe double Bandwidth(Device device)
    {
        const long Bytes = (long)Items * StreamWork.Block * sizeof(float);
        using NativeArena a = new(Bytes), b = new(Bytes), sums = new(Bytes);
        var work = new StreamWork { a = (float*)a.Data, b = (float*)b.Data, sums = (float*)sums.Data };
        double best = 0;
        for (int burst = 0; burst < Bursts; burst++)
        {
            long before = Stopwatch.GetTimestamp();
            device.Pool.Run(work, Items);
            double seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
            if (burst > 0) best = Math.Max(best, 3e-9 * Bytes / seconds);   // the first touches the memory
        }
        return best;
    }
}
