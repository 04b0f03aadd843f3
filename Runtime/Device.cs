using System;
using System.Collections.Generic;
using System.Threading;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Programs;

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

    readonly int ordinal;

    Device(int threads, int ordinal = -1) => (Threads, this.ordinal) = (threads, ordinal);

    /// <summary>The processor, with as many threads as this process may use at once.</summary>
    public static Device Cpu { get; } = new(Environment.ProcessorCount);

    /// <summary>A device of CUDA, for models with <c>[Targets(Target.Cuda)]</c>; it is opened by the first that runs
    /// there.</summary>
    /// <param name="ordinal">Its number among those this process may use, from 0 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    /// <example><code>using var trainer = CharGpt.CreateTrainer(Device.Cuda(0), new AdamW());</code></example>
    public static Device Cuda(int ordinal = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        return new Device(Environment.ProcessorCount, ordinal);
    }

    /// <summary>Device 0 of CUDA where models can run there, the processor elsewhere;
    /// <see cref="CudaDevice.CanRunModels(out string)"/> says why.</summary>
    public static Device Best => CudaDevice.CanRunModels(out _) ? Cuda() : Cpu;

    /// <summary>Whether this is a device of CUDA.</summary>
    public bool IsCuda => ordinal >= 0;

    /// <summary>Of a device of CUDA: what programs on it share.</summary>
    internal CudaMachine Machine => CudaMachine.Of(ordinal);

    /// <summary>Threads that work on the processor, the caller's included.</summary>
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
        return new Device(threads, ordinal);
    }

    /// <summary>Such as "Cpu, 8 threads" or "Cuda 0".</summary>
    public override string ToString() => IsCuda ? $"Cuda {ordinal}"
        : $"Cpu, {Threads} {(Threads == 1 ? "thread" : "threads")}";
}
