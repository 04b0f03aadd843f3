using System;
using System.IO;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>What still works after <c>Dispose</c>, and what says that it does not.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void ADisposedTrainer_RefusesEverything()
    {
        SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        trainer.Step(Ids, Targets, B, T);
        trainer.Dispose();
        trainer.Dispose();
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        foreach (Action use in new Action[]
        {
            () => trainer.Step(Ids, Targets, B, T), () => trainer.ComputeGradients(Ids, Targets, B, T), () => trainer.Parameter("tokens.weight"),
            () => trainer.Gradient("tokens.weight"), () => trainer.CreateSession(), () => trainer.Save(path), () => trainer.Load(path),
            () => _ = trainer.Weights, () => _ = trainer.AllocatedBytes,
        })
        {
            Assert.Contains("Trainer", Assert.Throws<ObjectDisposedException>(use).ObjectName, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ADisposedSession_RefusesEverything()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        SmallGpt.Session session = trainer.CreateSession();
        session.Dispose();
        session.Dispose();
        var logits = new float[B * T * Vocabulary];
        Assert.Throws<ObjectDisposedException>(() => session.Logits(Ids, logits, B, T));
        Assert.Throws<ObjectDisposedException>(() => session.Loss(Ids, Targets, B, T));
        Assert.Throws<ObjectDisposedException>(() => session.Weights);
        Assert.True(float.IsFinite(trainer.Step(Ids, Targets, B, T)));
    }

    [Fact]
    public void ASession_OutlivesItsTrainer()
    {
        SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        trainer.Step(Ids, Targets, B, T);
        using SmallGpt.Session session = trainer.CreateSession();
        float expected = session.Loss(Ids, Targets, B, T);
        trainer.Dispose();
        Assert.Equal(expected, session.Loss(Ids, Targets, B, T));
        Assert.Equal(17 * 24, session.Weights["tokens.weight"].Length);
    }

    [Fact]
    public void ASession_SeesEveryStepOfItsTrainer()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        using SmallGpt.Session session = trainer.CreateSession();
        for (int i = 0; i < 3; i++)
        {
            float expected = session.Loss(Ids, Targets, B, T);
            Assert.Equal(expected, trainer.Step(Ids, Targets, B, T));
            Assert.NotEqual(expected, session.Loss(Ids, Targets, B, T));
        }
    }

    [Fact]
    public void AcquiredWeights_OutliveEverybody()
    {
        Weights acquired;
        float[] expected;
        using (SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam))
        using (SmallGpt.Session session = trainer.CreateSession())
        {
            acquired = session.Weights.Acquire();
            expected = trainer.Parameter("tokens.weight").ToArray();
        }
        Assert.Equal(expected, acquired["tokens.weight"].ToArray());
        acquired.Dispose();
        acquired.Dispose();
        Assert.Throws<ObjectDisposedException>(() => acquired["tokens.weight"].Length);
        Assert.Throws<ObjectDisposedException>(acquired.Acquire);
    }

    [Fact]
    public void WrongNames_AreAnsweredWithTheNearest()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        var error = Assert.Throws<System.Collections.Generic.KeyNotFoundException>(() => trainer.Parameter("blocks.1.up.weights"));
        Assert.Contains("has no parameter blocks.1.up.weights; the nearest is blocks.1.up.weight.", error.Message, StringComparison.Ordinal);
        ArgumentException length = Assert.Throws<ArgumentException>(() => trainer.Weights.Set("final.bias", new float[3]));
        Assert.Contains("3 values were given for final.bias, which has 24 elements", length.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DevicesAndHyperparametersOutOfRange_AreRefused()
    {
        Assert.StartsWith("A device needs at least 1 thread", Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu.WithThreads(0)).Message, StringComparison.Ordinal);
        Assert.Equal("Cpu, 1 thread", Device.Cpu.WithThreads(1).ToString());
        Assert.Equal("Cpu, 3 threads", Device.Cpu.WithThreads(3).ToString());
        Refused("learningRate is -1; it must be finite and at least 0.", () => new AdamW(learningRate: -1));
        Refused("learningRate is NaN; it must be finite and at least 0.", () => new Sgd(float.NaN));
        Refused("beta1 is 1; it must be at least 0 and below 1.", () => new AdamW(beta1: 1));
        Refused("beta2 is -0.5; it must be at least 0 and below 1.", () => new AdamW(beta2: -0.5f));
        Refused("epsilon is 0; it must be finite and above 0.", () => new AdamW(epsilon: 0));
        Refused("weightDecay is Infinity; it must be finite and at least 0.", () => new AdamW(weightDecay: float.PositiveInfinity));
        Refused("momentum is 1.5; it must be at least 0 and below 1.", () => new Sgd(0.1f, momentum: 1.5f));
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        Refused("LearningRate is -0.1; it must be finite and at least 0.", () => trainer.LearningRate = -0.1f);
        Refused("MaxGradientNorm is 0; it must be finite and above 0.", () => trainer.MaxGradientNorm = 0);
        Assert.Equal(1e-3f, trainer.LearningRate);
        Assert.Null(trainer.MaxGradientNorm);
    }

    static void Refused(string message, Action call) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(call).Message, StringComparison.Ordinal);
}
