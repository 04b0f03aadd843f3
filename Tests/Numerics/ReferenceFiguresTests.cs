using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Generated code against what PyTorch computes for the same network: the bound is 1e-4 a tensor, the file allows 1e-5.</summary>
public sealed class ReferenceFiguresTests(ReferenceFigures figures) : IClassFixture<ReferenceFigures>
{
    const int Batch = 3, Time = 12;

    [Fact]
    public void LogitsLossAndGradients_AreThoseOfPyTorch()
    {
        using SmallGpt.Trainer trainer = FromReference(SmallGpt.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f)));
        int[] ids = figures.Integers("ids"), targets = figures.Integers("targets");
        using SmallGpt.Session session = trainer.CreateSession();
        var logits = new float[Batch * Time * 17];
        session.Logits(ids, logits, Batch, Time);
        Close("logits", figures.Reals("logits"), logits);
        Close("loss", figures.Reals("loss"), [trainer.ComputeGradients(ids, targets, Batch, Time)]);
        string[] names = [.. figures.Names("gradients/")];
        Assert.Equal(36, names.Length);
        foreach (string name in names)
            // Softmax does not see what a key bias adds, so its true gradient is 0 and the file holds noise.
            if (name.EndsWith("key.bias", StringComparison.Ordinal))
                Assert.All(trainer.Gradient(name).ToArray(), g => Assert.InRange(g, -1e-7f, 1e-7f));
            else Close("gradient of " + name, figures.Reals("gradients/" + name), trainer.Gradient(name).ToArray());
    }

    [Fact]
    public void TenAdamWSteps_AreThoseOfPyTorch()
    {
        var optimizer = new AdamW(learningRate: 1e-3f, beta1: 0.9f, beta2: 0.999f, epsilon: 1e-8f, weightDecay: 0.01f);
        using SmallGpt.Trainer trainer = FromReference(SmallGpt.CreateTrainer(Device.Cpu, optimizer));
        Close("losses", figures.Reals("losses"), Steps(trainer, 10));
        foreach (string name in figures.Names("updated/"))
            if (name.EndsWith("key.bias", StringComparison.Ordinal))
                // AdamW divides that noise by its own size: both may walk ten steps of 1e-3 from where they were.
                Assert.All(figures.Reals("updated/" + name).Zip(trainer.Parameter(name).ToArray()), p => Assert.InRange(p.Second - p.First, -0.02f, 0.02f));
            else Close("updated " + name, figures.Reals("updated/" + name), trainer.Parameter(name).ToArray());
    }

    [Fact]
    public void ThreeSgdSteps_AreThoseOfPyTorch()
    {
        using SmallGpt.Trainer trainer = FromReference(SmallGpt.CreateTrainer(Device.Cpu, new Sgd(learningRate: 0.05f, momentum: 0.9f, weightDecay: 0.01f)));
        Close("losses", figures.Reals("sgd-losses"), Steps(trainer, 3));
        foreach (string name in figures.Names("sgd/")) Close(name, figures.Reals("sgd/" + name), trainer.Parameter(name).ToArray());
    }

    SmallGpt.Trainer FromReference(SmallGpt.Trainer trainer)
    {
        string[] names = [.. figures.Names("parameters/")];
        Assert.Equal(trainer.Weights.Names.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach (string name in names) trainer.Weights.Set(name, figures.Reals("parameters/" + name));
        return trainer;
    }

    float[] Steps(SmallGpt.Trainer trainer, int count)
    {
        int[] ids = figures.Integers("ids"), targets = figures.Integers("targets");
        return [.. Enumerable.Range(0, count).Select(_ => trainer.Step(ids, targets, Batch, Time))];
    }

    static void Close(string what, IReadOnlyList<float> expected, IReadOnlyList<float> actual) =>
        EagerEqualsCompiled.Close(what, [.. expected.Select(x => (double)x)], actual);
}
