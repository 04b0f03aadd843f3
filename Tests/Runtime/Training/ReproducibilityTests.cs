using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>The same seed has the same bits, whatever the number of threads; another seed has not.</summary>
public sealed class ReproducibilityTests
{
    const int Steps = 20;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void TheGpt_TrainsToTheSameBitsWithAnyNumberOfThreads(int threads)
    {
        using SmallGpt.Trainer one = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        using SmallGpt.Trainer many = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(threads), GptData.Adam, seed: 5);
        Assert.Equal(Losses(one), Losses(many));
        SameParameters(one, many);
    }

    [Fact]
    public void TheGptWithSgd_TrainsToTheSameBitsWithAnyNumberOfThreads()
    {
        using SmallGpt.Trainer one = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Sgd, seed: 5);
        using SmallGpt.Trainer many = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(3), GptData.Sgd, seed: 5);
        (one.MaxGradientNorm, many.MaxGradientNorm) = (0.5f, 0.5f);
        Assert.Equal(Losses(one), Losses(many));
        SameParameters(one, many);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void APerceptronAndARecurrentNetwork_TrainToTheSameBitsWithAnyNumberOfThreads(int threads)
    {
        float[] x = Draw.Reals(32 * 64);
        int[] labels = Draw.Tokens(32, 10), ids = Draw.Tokens(4 * 9, 11), targets = Draw.Tokens(4 * 9, 11, stream: 3);
        using Perceptron.Trainer one = Perceptron.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        using Perceptron.Trainer many = Perceptron.CreateTrainer(Device.Cpu.WithThreads(threads), GptData.Adam, seed: 5);
        using Recurrent.Trainer oneAgain = Recurrent.CreateTrainer(Device.Cpu.WithThreads(1), GptData.Adam, seed: 5);
        using Recurrent.Trainer manyAgain = Recurrent.CreateTrainer(Device.Cpu.WithThreads(threads), GptData.Adam, seed: 5);
        for (int i = 0; i < Steps; i++)
        {
            Assert.Equal(one.Step(x, labels), many.Step(x, labels));
            Assert.Equal(oneAgain.Step(ids, targets, 4, 9), manyAgain.Step(ids, targets, 4, 9));
        }
        SameParameters(one, many);
        SameParameters(oneAgain, manyAgain);
    }

    [Fact]
    public void TheSameSeed_IsTheSameRun()
    {
        using SmallGpt.Trainer first = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        using SmallGpt.Trainer second = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        SameParameters(first, second);
        Assert.Equal(Losses(first), Losses(second));
    }

    [Fact]
    public void AnotherSeed_IsAnotherRun()
    {
        using SmallGpt.Trainer first = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        using SmallGpt.Trainer second = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 12);
        Assert.False(first.Parameter("tokens.weight").SequenceEqual(second.Parameter("tokens.weight")));
        Assert.All(Losses(first).Zip(Losses(second)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Layers_StartWithDifferentNumbers()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        Assert.False(trainer.Parameter("blocks.0.up.weight").SequenceEqual(trainer.Parameter("blocks.1.up.weight")));
        float[] stacked = [.. trainer.Parameter("blocks.0.up.weight"), .. trainer.Parameter("blocks.1.up.weight")];
        Assert.Equal(stacked, trainer.Parameter("blocks.*.up.weight").ToArray());
    }

    [Fact]
    public void SmallDimsAfterLargeOnes_AreAsIfTheyCameFirst()
    {
        int[] ids = GptData.Ids[..10], targets = GptData.Targets[..10];
        using SmallGpt.Trainer fresh = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        using SmallGpt.Trainer used = SmallGpt.CreateTrainer(Device.Cpu, GptData.Adam, seed: 11);
        used.ComputeGradients(GptData.Ids, GptData.Targets, GptData.B, GptData.T);
        Assert.Equal(fresh.ComputeGradients(ids, targets, 2, 5), used.ComputeGradients(ids, targets, 2, 5));
        foreach (string name in fresh.Weights.Names) Assert.True(fresh.Gradient(name).SequenceEqual(used.Gradient(name)), name);
    }

    [Fact]
    public void SessionsOnSeveralThreads_HaveTheSameResultsAtOnce()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(3), GptData.Adam, seed: 11);
        var expected = new float[GptData.B * GptData.T * GptData.Vocabulary];
        using (SmallGpt.Session alone = trainer.CreateSession()) alone.Logits(GptData.Ids, expected, GptData.B, GptData.T);
        var results = new List<float[]>[4];
        var callers = new Thread[results.Length];
        using var start = new Barrier(callers.Length);
        for (int i = 0; i < callers.Length; i++)
        {
            int caller = i;
            callers[i] = new Thread(() =>
            {
                using SmallGpt.Session session = trainer.CreateSession();
                results[caller] = [];
                start.SignalAndWait();
                for (int repeat = 0; repeat < 50; repeat++)
                {
                    var logits = new float[expected.Length];
                    session.Logits(GptData.Ids, logits, GptData.B, GptData.T);
                    results[caller].Add(logits);
                }
            });
            callers[i].Start();
        }
        foreach (Thread caller in callers) caller.Join();
        Assert.All(results, ofCaller =>
        {
            Assert.Equal(50, ofCaller.Count);
            Assert.All(ofCaller, logits => Assert.True(logits.AsSpan().SequenceEqual(expected)));
        });
    }

    static float[] Losses(SmallGpt.Trainer trainer) =>
        [.. Enumerable.Range(0, Steps).Select(_ => trainer.Step(GptData.Ids, GptData.Targets, GptData.B, GptData.T))];

    static void SameParameters(ModelTrainer expected, ModelTrainer actual)
    {
        foreach (string name in expected.Weights.Names) Assert.True(expected.Parameter(name).SequenceEqual(actual.Parameter(name)), name);
    }
}
