using System;
using System.Collections.Generic;
using System.Threading;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime;

/// <summary>Where a model runs.</summary>
/// <remarks>Devices are cheap values: the threads start when the first model runs on them, and models with the same
/// number of threads share them.</remarks>
/// <example><code>using var trainer = CharGpt.CreateTrainer(Device.Cpu.WithThreads(8), new AdamW(learningRate:
/// 3e-4f));</code></example>
public sealed class Device
{
    static readonly Dictionary<int, WorkerPool> pools = [];
    static readonly Lock gate = new();

    Device(int threads) => Threads = threads;

    /// <summary>The processor, with as many threads as this process may use at once.</summary>
    public static Device Cpu { get; } = new(Environment.ProcessorCount);

    /// <summary>Threads that work, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>The threads, started on first use. They live as long as the process and never keep it alive.</summary>
    internal WorkerPool Pool
    {
        get
        {
            lock (gate)
            {
                if (!pools.TryGetValue(Threads, out WorkerPool? pool)) pools.Add(Threads,
                    pool = new WorkerPool(Threads));
                return pool;
            }
        }
    }

    /// <summary>The same device with another number of threads.</summary>
    /// <param name="threads">At least 1, the caller's included. More than <see cref="Environment.ProcessorCount"/>
    /// makes them wait for each other.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public Device WithThreads(int threads)
    {
        if (threads < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads,
                "A device needs at least 1 thread, the caller itself; Device.Cpu alone uses all " +
                    $"{Environment.ProcessorCount}.");
        }
        return new Device(threads);
    }

    /// <summary>Such as "Cpu, 8 threads".</summary>
    public override string ToString() => $"Cpu, {Threads} {(Threads == 1 ? "thread" : "threads")}";
}
