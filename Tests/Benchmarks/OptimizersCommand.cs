using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.Intrinsics;
using ModelCompiler.Benchmarks.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Cpu;
using ModelCompiler.Runtime.Memory;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks;

/// <summary>
/// <c>optimizers</c>: how much of the memory bandwidth updates reach, measured against a stream of the same mix in turns.
/// </summary>
static class OptimizersCommand
{
    const int Rounds = 15;

    public static Command Create()
    {
        Option<int> threads = new("--threads") { Description = "Threads to compute with.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("optimizers", "Measures updates of 4.2 million parameters against the memory's bandwidth.") { threads };
        command.SetAction(parsed => Run(parsed.GetValue(threads)));
        return command;
    }

    static unsafe void Run(int threads)
    {
        Device device = Device.Cpu.WithThreads(threads);
        using Table.Trainer adamW = Table.CreateTrainer(device, new AdamW(1e-3f), seed: 1), sgd = Table.CreateTrainer(device, new Sgd(1e-3f), seed: 1);
        using Table.Trainer lion = Table.CreateTrainer(device, new Lion(1e-4f), seed: 1);
        int[] ids = [1, 2, 3, 4];
        long length = Table.Layout.ArenaLength;
        // Read and written of each parameter: its gradient once more for the norm.
        (string Name, Table.Trainer Trainer, int Bytes)[] updates = [("AdamW", adamW, 32), ("Sgd", sgd, 24), ("Lion", lion, 24)];
        foreach (var update in updates) update.Trainer.ComputeGradients(ids);
        using NativeArena memory = new(4 * length * sizeof(float));
        var stream = new FourStreams { a = (float*)memory.Data, length = length };
        var rates = updates.ToDictionary(u => u.Name, _ => new List<double>());
        var bandwidths = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            double bandwidth = 28e-9 * length / Seconds(() => device.Pool.Run(stream, stream.Items, grain: 2));
            if (round > 2) bandwidths.Add(bandwidth);   // the first touch the memory and compile
            foreach ((string name, Table.Trainer trainer, int bytes) in updates)
            {
                double rate = bytes * 1e-9 * length / Seconds(trainer.UpdateOnly);
                if (round > 2) rates[name].Add(rate);
            }
        }
        double median = Median(bandwidths);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"bandwidth of four streams read and three written, {threads} threads: {median:F1} GB/s (from {bandwidths.Min():F1} to {bandwidths.Max():F1})"));
        foreach ((string name, List<double> of) in rates)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {Median(of):F1} GB/s, {100 * Median([.. of.Zip(bandwidths, (r, b) => r / b)]):F0} % of the stream measured beside it"));
    }

    static double Seconds(Action action)
    {
        long before = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(before).TotalSeconds;
    }

    static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Four arrays read and three written in place, with next to nothing computed: AdamW's mix of traffic.</summary>
    unsafe struct FourStreams : IWork
    {
        const int Block = 4096;

        public float* a;   // [4, length]
        public long length;

        public readonly int Items => (int)((length + Block - 1) / Block);

        public readonly void Run(int first, int last)
        {
            nint to = (nint)Math.Min(length, (long)last * Block), n = (nint)length;
            for (nint j = (nint)first * Block; j < to; j += 16)
            {
                var value = Vector512.Load(a + j);
                (Vector512.Load(a + n + j) + value).Store(a + n + j);
                (Vector512.Load(a + 2 * n + j) + value).Store(a + 2 * n + j);
                (Vector512.Load(a + 3 * n + j) + value).Store(a + 3 * n + j);
            }
        }
    }
}
