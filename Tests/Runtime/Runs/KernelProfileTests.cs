using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>Kernels by time: all of them are there, with the planned costs, and they account for the step.</summary>
[Collection(nameof(KernelProfileTests))]
public sealed class KernelProfileTests
{
    [Fact]
    public void AProfile_HasEveryKernelOfThePlan()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 1);
        using var profile = KernelProfile.Begin(trainer.Device);
        for (int i = 0; i < 6; i++)
            using (profile.Step()) trainer.Step(Ids, Targets, B, T);
        trainer.Step(Ids, Targets, B, T);   // outside: not counted
        Assert.Equal(5, profile.Steps);     // the first one compiled
        ProfileTable table = profile.ToTable(trainer);
        string[] names = [.. table.Rows.Select(r => r[0])];
        Assert.Contains("AdamWUpdate", names);
        Assert.Contains("gather", names);
        Assert.Equal(["(between kernels)", "step"], names[^2..]);
        Assert.True(names.Length > 20);
        foreach (string[] row in table.Rows.SkipLast(2)) Assert.True(double.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture) >= 1, row[0]);
        // Of the plan's kernels all with an epilogue or a loop of their own are found by name, as often as they run.
        foreach (PlannedKernel kernel in trainer.Plan!.Kernels.Where(k => names.Contains(k.Name)).GroupBy(k => k.Name).Where(g => g.Count() == 1).Select(g => g.First()))
            Assert.Equal($"{kernel.Times}", table.Rows.Single(r => r[0] == kernel.Name)[1]);
        Assert.True(trainer.Plan.Kernels.Count(k => names.Contains(k.Name)) > 15);
        Assert.InRange(table.Accounted, 0.3, 1);   // tiny kernels, on a machine that is busy; benchmarks say more
        var text = new StringWriter();
        table.Write(text);
        Assert.Contains("GFLOP/s", text.ToString(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => KernelProfile.Begin(trainer.Device));
    }

    [Fact]
    public void AProfiledRun_ComputesTheSameBits()
    {
        float[] plain = new float[5], profiled = new float[5];
        using (SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 1))
            for (int i = 0; i < 5; i++) plain[i] = trainer.Step(Ids, Targets, B, T);
        using (SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 1))
        using (var profile = KernelProfile.Begin(trainer.Device))
        {
            int at = 0;
            new TrainingRun(trainer, 5) { Profile = profile }.Train(() => profiled[at++] = trainer.Step(Ids, Targets, B, T));
            Assert.Equal(4, profile.Steps);
        }
        Assert.Equal(plain, profiled);
    }

    [Fact]
    public void APlan_IsThatOfTheGeneratedCode()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 1);
        ModelPlan plan = trainer.Plan!;
        // The arena ends with a whole cache line.
        Assert.InRange(SmallGpt.Cost.ActivationBytes - plan.Bytes, 0, 63);
        Assert.All(plan.Buffers, b => Assert.True(b.First <= b.Last && b.Offset >= 0 && b.Bytes > 0 && b.Shape.StartsWith('[')));
        long flops = plan.Kernels.Sum(k => k.Times * k.Flops);
        Assert.InRange(flops, SmallGpt.Cost.StepFlops * 0.9, SmallGpt.Cost.StepFlops);   // without the update
        Assert.Contains(plan.Kernels, k => k.Layer.StartsWith("blocks.", StringComparison.Ordinal) && k.IsBackward && k.Times > 1);
        Assert.Throws<FormatException>(() => new ModelPlan("buffer 1 2"));
        Assert.Throws<FormatException>(() => new ModelPlan("kernel 1 2 3 4 sideways Name -"));
    }
}
