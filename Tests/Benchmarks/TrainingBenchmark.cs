using System;
using ModelCompiler.Benchmarks.Models;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Benchmarks;

/// <summary>Times training steps of a model on drawn data.</summary>
/// <param name="name">On the command line.</param>
/// <param name="steps">Timed when nobody says how many.</param>
/// <param name="warmUp">Steps before: memory is touched, caches and branch predictors are warm.</param>
/// <param name="run">Makes a trainer and hands each step to the clock.</param>
sealed class TrainingBenchmark(string name, int steps, int warmUp, Func<Device, StepClock, TrainingFigures> run)
{
    const int Seed = 1337;
    const float LearningRate = 1e-4f;

    /// <summary>Every model that can be asked for.</summary>
    public static TrainingBenchmark[] All { get; } =
    [
        new("nano", 20, 3, Nano),
        new("gpt2", 10, 2, Gpt),
        new("mlp", 20_000, 2000, SmallPerceptron),
        new("resnet18", 10, 2, ResNet),
    ];

    public string Name => name;

    public int Steps => steps;

    /// <summary>Trains and measures.</summary>
    /// <param name="threads">At least 1.</param>
    /// <param name="timedSteps">At least 1.</param>
    /// <param name="profiles">Whether a table of kernels is printed as well.</param>
    public TrainingFigures Run(int threads, int timedSteps, bool profiles) =>
        run(Device.Cpu.WithThreads(threads), new StepClock(name, warmUp, timedSteps, profiles));

    static TrainingFigures Nano(Device device, StepClock clock)
    {
        using NanoGpt.Trainer trainer = NanoGpt.CreateTrainer(device, new AdamW(LearningRate), Seed);
        int[] ids = Labels(NanoGpt.Batch * NanoGpt.Context, NanoGpt.Vocab), targets = Labels(ids.Length, NanoGpt.Vocab);
        return clock.Time(trainer, ids.Length, NanoGpt.Cost.StepFlops, () => trainer.Step(ids, targets, B: NanoGpt.Batch, T: NanoGpt.Context));
    }

    static TrainingFigures Gpt(Device device, StepClock clock)
    {
        using Gpt2.Trainer trainer = Gpt2.CreateTrainer(device, new AdamW(LearningRate), Seed);
        int[] ids = Labels(Gpt2.Batch * Gpt2.Context, Gpt2.Vocab), targets = Labels(ids.Length + 1, Gpt2.Vocab)[..ids.Length];
        return clock.Time(trainer, ids.Length, Gpt2.Cost.StepFlops, () => trainer.Step(ids, targets, B: Gpt2.Batch, T: Gpt2.Context));
    }

    static TrainingFigures SmallPerceptron(Device device, StepClock clock)
    {
        using Mlp.Trainer trainer = Mlp.CreateTrainer(device, new AdamW(LearningRate), Seed);
        var random = new Random(Seed);
        var x = new float[Mlp.Batch * Mlp.Inputs];
        for (int i = 0; i < x.Length; i++) x[i] = random.NextSingle();
        int[] labels = Labels(Mlp.Batch, Mlp.Classes);
        return clock.Time(trainer, Mlp.Batch, Mlp.Cost.StepFlops, () => trainer.Step(x, labels));
    }

    static TrainingFigures ResNet(Device device, StepClock clock)
    {
        using ResNet18.Trainer trainer = ResNet18.CreateTrainer(device, new AdamW(LearningRate), Seed);
        var random = new Random(Seed);
        var x = new float[ResNet18.Batch * ResNet18.Colours * ResNet18.Size * ResNet18.Size];
        for (int i = 0; i < x.Length; i++) x[i] = random.NextSingle();
        int[] labels = Labels(ResNet18.Batch, ResNet18.Classes);
        return clock.Time(trainer, ResNet18.Batch, ResNet18.Cost.StepFlops, () => trainer.Step(x, labels));
    }

    static int[] Labels(int count, int bound)
    {
        var random = new Random(Seed + count);
        var labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = random.Next(bound);
        return labels;
    }
}
