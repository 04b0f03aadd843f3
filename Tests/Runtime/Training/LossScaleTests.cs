using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Training;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Dynamic scaling of the loss: what an overflow changes, and what it leaves.</summary>
public sealed class LossScaleTests
{
    const float Overflowing = 1e30f;

    static readonly float[] X = Draw.Reals(8 * 6, 3);
    static readonly int[] Labels = [0, 1, 2, 0, 1, 2, 0, 1];

    static HalfNet.Trainer Create() => HalfNet.CreateTrainer(Device.Cpu.WithThreads(2), new AdamW(1e-2f), seed: 5);

    static float[][] State(HalfNet.Trainer trainer, string folder)
    {
        var checkpoints = new CheckpointFolder(folder);
        string path = checkpoints.Save(trainer).Path;
        return [.. new[] { "parameters.safetensors", "optimizer.safetensors" }.Select(f => Array.ConvertAll(File.ReadAllBytes(Path.Combine(path, f)), b => (float)b))];
    }

    [Fact]
    public void Overflow_HalvesTheScaleAndLeavesAllElse()
    {
        using var folder = new TemporaryFolder();
        using HalfNet.Trainer trainer = Create();
        trainer.Schedule = new CosineSchedule(1e-2f, 10);
        trainer.Step(X, Labels);
        float[][] before = State(trainer, folder["before"]);
        (float rate, int step) = (trainer.LearningRate, trainer.StepCount);
        trainer.LossScale = Overflowing;
        trainer.Step(X, Labels);
        Assert.Equal(Overflowing / 2, trainer.LossScale);
        Assert.Equal(1, trainer.SkippedSteps);
        Assert.Equal(step, trainer.StepCount);
        float[][] after = State(trainer, folder["after"]);
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i], after[i]);
        trainer.LossScale = 65536;
        trainer.Step(X, Labels);
        Assert.Equal(step + 1, trainer.StepCount);
        Assert.True(trainer.LearningRate < rate);
    }

    [Fact]
    public void GoodSteps_DoubleTheScale()
    {
        using HalfNet.Trainer trainer = Create();
        Assert.Equal(65536, trainer.LossScale);
        trainer.LossScale = 256;
        trainer.LossScaleInterval = 3;
        float[] scales = [.. Enumerable.Range(0, 7).Select(_ => { trainer.Step(X, Labels); return trainer.LossScale; })];
        Assert.Equal([256, 256, 512, 512, 512, 1024, 1024], scales);
    }

    [Fact]
    public void Gradients_AreThoseOfTheLossWhateverTheScale()
    {
        using HalfNet.Trainer first = Create(), second = Create();
        first.LossScale = 1024;
        second.LossScale = 8192;
        first.ComputeGradients(X, Labels);
        second.ComputeGradients(X, Labels);
        double[] expected = Array.ConvertAll(first.Gradient("third.weight").ToArray(), g => (double)g);
        Assert.True(expected.Max(Math.Abs) > 1e-3);
        EagerEqualsCompiled.Close("gradient", expected, second.Gradient("third.weight").ToArray(), bound: 1e-3);
    }

    [Fact]
    public void Scale_ComesBackWithACheckpoint()
    {
        using var folder = new TemporaryFolder();
        using HalfNet.Trainer trainer = Create(), other = Create();
        trainer.LossScaleInterval = other.LossScaleInterval = 3;
        trainer.LossScale = Overflowing;
        trainer.Step(X, Labels);
        trainer.LossScale = 512;
        trainer.Step(X, Labels);
        trainer.Step(X, Labels);
        var checkpoints = new CheckpointFolder(folder["run"]);
        other.Resume(checkpoints.Save(trainer).Path);
        Assert.Equal((512f, 1, 2), (other.LossScale, other.SkippedSteps, other.StepCount));
        other.Step(X, Labels);
        trainer.Step(X, Labels);
        Assert.Equal(1024, other.LossScale);
        Assert.Equal(trainer.Parameter("first.weight").ToArray(), other.Parameter("first.weight").ToArray());
    }

    [Fact]
    public void OverflowWithoutScale_IsAnError()
    {
        using HalfNet.Trainer trainer = Create();
        trainer.LossScale = 1;
        float[] broken = [.. X];
        broken[0] = float.NaN;
        Assert.Throws<ArithmeticException>(() => trainer.Step(broken, Labels));
        Assert.Equal(0, trainer.SkippedSteps);
    }

    [Fact]
    public void ModelWithoutFloat16_HasNoScale()
    {
        using BrainNet.Trainer trainer = BrainNet.CreateTrainer(Device.Cpu.WithThreads(2), new AdamW(1e-2f));
        Assert.Equal(1, trainer.LossScale);
        Assert.Contains("Float16", Assert.Throws<InvalidOperationException>(() => trainer.LossScale = 2).Message, StringComparison.Ordinal);
    }
}
