using System;
using System.Diagnostics;
using ModelCompiler.Gpu.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Gpu.Bench;

/// <summary>Training steps of GPT-2 of 124 million parameters in bf16, on drawn tokens, with the norm of gradients cut at 1.</summary>
static class Gpt2Bench
{
    const ulong Seed = 1337;
    const int WarmUp = 5, Steps = 20, FewSteps = 2, ProfiledSteps = 11;     // of which the first does not count

    static readonly AdamW optimizer = new(6e-4f, beta2: 0.95f, weightDecay: 0.1f);

    /// <param name="isSmall">For the simulator.</param>
    /// <returns>Steps, and the table of their launches.</returns>
    public static (BenchRow Row, string Launches) Run(bool isSmall)
    {
        if (isSmall)
        {
            using Gpt2Small.Trainer small = Gpt2Small.CreateTrainer(Device.Cuda(), optimizer, Seed);
            return Measure("Gpt2Small", small, Gpt2Small.Batch, Gpt2Small.Context, Gpt2Small.Vocab, 1, FewSteps,
                (ids, targets) => small.Step(ids, targets, B: Gpt2Small.Batch, T: Gpt2Small.Context));
        }
        try
        {
            using Gpt2.Trainer whole = Gpt2.CreateTrainer(Device.Cuda(), optimizer, Seed);
            return Measure("GPT-2 124M, bf16", whole, Gpt2.Batch, Gpt2.Context, Gpt2.Vocab, WarmUp, Steps,
                (ids, targets) => whole.Step(ids, targets, B: Gpt2.Batch, T: Gpt2.Context));
        }
        catch (CudaOutOfMemoryException)
        {
            using Gpt2Sixteen.Trainer part = Gpt2Sixteen.CreateTrainer(Device.Cuda(), optimizer, Seed);
            return Measure("GPT-2 124M, bf16", part, Gpt2Sixteen.Batch, Gpt2.Context, Gpt2.Vocab, WarmUp, Steps,
                (ids, targets) => part.Step(ids, targets, B: Gpt2Sixteen.Batch, T: Gpt2.Context));
        }
    }

    static (BenchRow, string) Measure(string name, ModelTrainer trainer, int rows, int length, int vocab, int warmUp, int steps, Func<int[], int[], float> step)
    {
        trainer.MaxGradientNorm = 1;
        var random = new Random((int)Seed);
        int[] ids = new int[rows * length], targets = new int[rows * length];
        for (int i = 0; i < ids.Length; i++) (ids[i], targets[i]) = (random.Next(vocab), random.Next(vocab));
        for (int i = 0; i < warmUp; i++) step(ids, targets);
        trainer.Synchronize();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) step(ids, targets);
        float loss = trainer.Synchronize();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
        if (!float.IsFinite(loss)) throw new InvalidOperationException($"The loss is {loss} after {warmUp + steps} steps.");
        var row = new BenchRow($"{name}, B {rows}, T {length}", rows * length / seconds, "tokens/s", seconds * 1e3, PlanTable.Seconds(trainer.Plan!) * 1e3);
        return (row, Launches(trainer, Math.Min(steps + 1, ProfiledSteps), () => step(ids, targets)));
    }

    /// <summary>Steps once more, launch by launch.</summary>
    static string Launches(ModelTrainer trainer, int steps, Action step)
    {
        using var profile = KernelProfile.Begin(trainer.Device);
        for (int i = 0; i < steps; i++)
            using (profile.Step()) step();
        return LaunchTable.Write(profile.ToTable(trainer), trainer.Plan!);
    }
}
