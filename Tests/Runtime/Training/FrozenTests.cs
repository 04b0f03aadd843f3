using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.TrainedRun;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Frozen parameters stay, cost nothing, and leave the others' gradients as they were; metrics beside the loss.</summary>
public sealed class FrozenTests
{
    static bool IsFrozen(string name) => name.StartsWith("tokens.", StringComparison.Ordinal)
        || name.StartsWith("middle.", StringComparison.Ordinal) || name.Contains(".before.", StringComparison.Ordinal);

    [Fact]
    public void FrozenParameters_KeepTheirBits()
    {
        foreach (PartlyFrozen.Trainer trainer in Trainers())
            using (trainer)
            {
                Dictionary<string, double[]> before = Doubles(trainer);
                for (int i = 0; i < 4; i++) trainer.Step(Ids(i), Labels(i));
                foreach ((string name, double[] after) in Doubles(trainer)) Assert.Equal(IsFrozen(name), before[name].SequenceEqual(after));
            }
    }

    [Fact]
    public void GradientsOfTheOthers_AreTheSame()
    {
        using PartlyFrozen.Trainer frozen = Trainers()[0];
        using NotFrozen.Trainer free = NotFrozen.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 3);
        Assert.Equal(free.ComputeGradients(Ids(0), Labels(0)), frozen.ComputeGradients(Ids(0), Labels(0)));
        int compared = 0;
        foreach (string name in free.Weights.Names)
            if (IsFrozen(name))
            {
                KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => frozen.Gradient(name).Length);
                Assert.Contains($"{name} of PartlyFrozen is frozen", error.Message, StringComparison.Ordinal);
            }
            else
            {
                EagerEqualsCompiled.Close(name, [.. free.Gradient(name).ToArray().Select(x => (double)x)], frozen.Gradient(name).ToArray());
                compared++;
            }
        Assert.Equal(3 * 4 + 2, compared);
        foreach (PartlyFrozen.Trainer other in Trainers()) other.Dispose();
    }

    [Fact]
    public void NeitherGradientNorState_IsPlanned()
    {
        long trainable = PartlyFrozen.Layout.TrainableLength, all = PartlyFrozen.Layout.ArenaLength;
        long frozen = PartlyFrozen.Layout.Tensors.Where(t => IsFrozen(t.Name)).Sum(t => t.Length);
        Assert.True(all - trainable >= frozen && all - trainable < frozen + 16 * 5);
        long planned = PartlyFrozen.Cost.ActivationBytes + 4 * (all + 3 * trainable);
        Assert.Equal(PartlyFrozen.Cost.TrainingBytes, planned);
        Assert.True(PartlyFrozen.Cost.StepFlops < NotFrozen.Cost.StepFlops);
        Assert.Equal(NotFrozen.Cost.Parameters, PartlyFrozen.Cost.Parameters);
        Assert.All(PartlyFrozen.Layout.Parameters, p => Assert.Equal(IsFrozen(p.Name), PartlyFrozen.Layout.IsFrozen(p)));
    }

    [Fact]
    public void AGroupOfFrozenParameters_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            PartlyFrozen.CreateTrainer(Device.Cpu, new AdamW { Groups = [new("tokens.*", 0.5f)] }));
        Assert.Contains("is frozen, so the group changes nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_AreThoseOfTheSameForwardPass()
    {
        float[] x = Draw.Reals(6 * 5);
        int[] labels = Draw.Tokens(6, 3);
        using Measured.Trainer trainer = Measured.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 4);
        var eager = new Measured();
        Eager.Initialize(eager, 4);
        (Tensor loss, Tensor size, Tensor share) = eager.Loss(new(x, 6, 5), new(labels, 6));
        Assert.Equal(default, trainer.Metrics);
        EagerEqualsCompiled.Close("loss", loss.Data, [trainer.Step(x, labels)]);
        EagerEqualsCompiled.Close("size", size.Data, [trainer.Metrics.Size]);
        Assert.Equal(share.Data[0], trainer.Metrics.Share, 1e-6);
        Assert.InRange(trainer.Metrics.Share, 0.05f, 0.95f);
        Measured.StepMetrics first = trainer.Metrics;
        using Measured.Session session = trainer.CreateSession();
        session.Loss(x, labels);
        trainer.ComputeGradients(x, labels);
        Assert.Equal(trainer.Metrics, session.Metrics);
        Assert.NotEqual(first.Size, session.Metrics.Size);
    }

    static PartlyFrozen.Trainer[] Trainers() =>
    [
        PartlyFrozen.CreateTrainer(Device.Cpu, new AdamW(1e-2f), seed: 3),
        PartlyFrozen.CreateTrainer(Device.Cpu, new Adafactor(), seed: 3),
        PartlyFrozen.CreateTrainer(Device.Cpu, new Muon(1e-2f), seed: 3),
    ];
}
