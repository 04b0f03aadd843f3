using System;
using System.Linq;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.TrainedRun;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Micro-batches, cut gradients, averaged weights and schedules.</summary>
public sealed class AccumulationTests
{
    [Fact]
    public void MicroBatches_UpdateByTheMeanOfTheirGradients()
    {
        using Trained.Trainer whole = Create(Plain("AdamW")), parts = Create(Plain("AdamW"));
        int[] ids = Ids(1), labels = Labels(1);
        float loss = whole.Step(ids, labels);
        float sum = 0;
        for (int i = 0; i < 3; i++) sum += parts.AccumulateGradients(ids.AsSpan(2 * i, 2), labels.AsSpan(2 * i, 2));
        Assert.Equal(3, parts.AccumulatedCount);
        Assert.Equal(0, parts.StepCount);
        parts.ApplyGradients();
        Assert.Equal((0, 1), (parts.AccumulatedCount, parts.StepCount));
        Assert.Equal(loss, sum / 3, 1e-6);
        SameWithin(1e-6, g => whole.Gradient(g).ToArray(), g => parts.Gradient(g).ToArray());
    }

    [Fact]
    public void MicroBatchesOfUnequalSize_CountByTheirWeights()
    {
        using Trained.Trainer whole = Create(Plain("AdamW")), parts = Create(Plain("AdamW"));
        int[] ids = Ids(1), labels = Labels(1);
        whole.ComputeGradients(ids, labels);
        parts.AccumulateGradients(ids.AsSpan(0, 1), labels.AsSpan(0, 1), weightOfBatch: 1);
        parts.AccumulateGradients(ids.AsSpan(1, 5), labels.AsSpan(1, 5), weightOfBatch: 5);
        parts.ApplyGradients();
        SameWithin(1e-6, g => whole.Gradient(g).ToArray(), g => parts.Gradient(g).ToArray());
    }

    [Fact]
    public void OneMicroBatch_IsAStep()
    {
        using Trained.Trainer step = Create(Of("Muon")), one = Create(Of("Muon")), separate = Create(Of("Muon"));
        for (int i = 0; i < 3; i++)
        {
            step.Step(Ids(i), Labels(i));
            one.AccumulateGradients(Ids(i), Labels(i));
            one.ApplyGradients();
            separate.ComputeGradients(Ids(i), Labels(i));
            separate.ApplyGradients();
        }
        Assert.Equal(Everything(step), Everything(one));
        Assert.Equal(Everything(step), Everything(separate));
    }

    [Fact]
    public void WaitingGradients_AreNeitherForgottenNorAppliedTwice()
    {
        using Trained.Trainer trainer = Create(Plain("AdamW"));
        Assert.Contains("no gradient to apply", Assert.Throws<InvalidOperationException>(trainer.ApplyGradients).Message, StringComparison.Ordinal);
        trainer.AccumulateGradients(Ids(0), Labels(0));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => trainer.Step(Ids(0), Labels(0)));
        Assert.Contains("1 accumulated micro-batches wait", error.Message, StringComparison.Ordinal);
        trainer.ApplyGradients();
        Assert.Throws<InvalidOperationException>(trainer.ApplyGradients);
        trainer.AccumulateGradients(Ids(0), Labels(0));
        trainer.DiscardGradients();
        trainer.Step(Ids(0), Labels(0));
        Assert.Throws<InvalidOperationException>(trainer.ApplyGradients);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.AccumulateGradients(Ids(0), Labels(0), weightOfBatch: 0));
    }

    [Fact]
    public void Accumulating_IsInThePlan()
    {
        using Trained.Trainer trainer = Create(Plain("AdamW"));
        long before = trainer.PlannedBytes;
        trainer.AccumulateGradients(Ids(0), Labels(0));
        Assert.Equal(Trained.Cost.AccumulationBytes, trainer.PlannedBytes - before);
    }

    [Fact]
    public void GradientsAreCutByValue()
    {
        using Trained.Trainer free = Create(Plain("Sgd")), cut = Create(Plain("Sgd"));
        free.ComputeGradients(Ids(0), Labels(0));
        const float Most = 0.01f;
        cut.MaxGradientValue = Most;
        cut.Step(Ids(0), Labels(0));
        int count = 0;
        double square = 0;
        foreach (string name in Trained.Layout.Tensors.Select(t => t.Name))
        {
            float[] before = free.Gradient(name).ToArray();
            count += before.Count(g => Math.Abs(g) > Most);
            Assert.Equal([.. before.Select(g => Math.Clamp(g, -Most, Most))], cut.Gradient(name).ToArray());
            square += before.Sum(g => Math.Pow(Math.Clamp(g, -Most, Most), 2));
        }
        Assert.True(count > 10, $"{count} were cut");
        Assert.Equal(Math.Sqrt(square), cut.GradientNorm, 1e-6);
    }

    [Fact]
    public void AveragedWeights_AreTheMovingAverage()
    {
        using Trained.Trainer trainer = Create(Plain("AdamW"));
        Assert.Contains("AverageWeights", Assert.Throws<InvalidOperationException>(() => trainer.AveragedWeights).Message, StringComparison.Ordinal);
        trainer.Step(Ids(9), Labels(9));
        long before = trainer.PlannedBytes;
        trainer.AverageWeights(0.75f);
        Assert.Equal(Trained.Layout.ArenaLength * 4, trainer.PlannedBytes - before);
        double[] expected = Array.ConvertAll(Everything(trainer), x => (double)x);
        for (int i = 0; i < 5; i++)
        {
            trainer.Step(Ids(i), Labels(i));
            float[] now = Everything(trainer);
            for (int j = 0; j < now.Length; j++) expected[j] = 0.75 * expected[j] + 0.25 * now[j];
        }
        float[] actual = [.. trainer.Weights.Names.SelectMany(n => trainer.AveragedWeights[n].ToArray())];
        for (int j = 0; j < actual.Length; j++) Assert.Equal(expected[j], actual[j], 1e-6);
        using Trained.Session averaged = trainer.CreateAveragedSession(), last = trainer.CreateSession();
        Assert.NotEqual(last.Loss(Ids(0), Labels(0)), averaged.Loss(Ids(0), Labels(0)));
    }

    [Fact]
    public void ASchedule_SetsTheRateOfEveryUpdate()
    {
        using Trained.Trainer scheduled = Create(Plain("AdamW")), byHand = Create(Plain("AdamW"));
        var schedule = new CosineSchedule(0.02f, steps: 6, warmUp: 2, floor: 0.1f);
        scheduled.Schedule = schedule;
        for (int step = 1; step <= 6; step++)
        {
            byHand.LearningRate = schedule.At(step);
            byHand.Step(Ids(step), Labels(step));
            scheduled.Step(Ids(step), Labels(step));
            Assert.Equal(schedule.At(step), scheduled.LearningRate);
        }
        Assert.Equal(Everything(byHand), Everything(scheduled));
        scheduled.Schedule = new CustomSchedule(_ => float.NaN);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => scheduled.Step(Ids(0), Labels(0)));
        Assert.Contains("Step 7: CustomSchedule gives the learning rate NaN", error.Message, StringComparison.Ordinal);
        Assert.Equal(Everything(byHand), Everything(scheduled));
    }

    [Fact]
    public void Schedules_AreTheirCurves()
    {
        Near(new ConstantSchedule(2, warmUp: 4), (1, 0.5), (2, 1), (4, 2), (100, 2));
        Near(new LinearSchedule(1, steps: 12, warmUp: 2, floor: 0.5f), (1, 0.5), (2, 1), (7, 0.75), (12, 0.5), (50, 0.5));
        Near(new CosineSchedule(1, steps: 12, warmUp: 2, floor: 0.5f), (1, 0.5), (2, 1), (7, 0.75), (12, 0.5), (50, 0.5));
        Near(new CosineSchedule(1, steps: 4, warmUp: 100), (1, 0.5), (2, 1), (4, 0));   // comes down again
        Near(new StepDecaySchedule(1, every: 3, factor: 0.5f), (1, 1), (3, 1), (4, 0.5), (7, 0.25));
        Near(new ExponentialSchedule(1, 0.5f), (1, 1), (2, 0.5), (4, 0.125));
        Near(new OneCycleSchedule(1, steps: 101, rise: 0.5f, start: 10, end: 100), (1, 0.1), (101, 0.001), (500, 0.001));
        Assert.Equal(1, Enumerable.Range(1, 101).Max(new OneCycleSchedule(1, steps: 101).At), 1e-3);
        Near(new CustomSchedule(step => 1f / step), (1, 1), (4, 0.25));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(1, steps: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(-1, steps: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecaySchedule(1, every: 0));

        static void Near(ISchedule schedule, params (int Step, double Rate)[] points)
        {
            foreach ((int step, double rate) in points) Assert.Equal(rate, schedule.At(step), 1e-6);
        }
    }

    static void SameWithin(double bound, Func<string, float[]> expected, Func<string, float[]> actual)
    {
        foreach (string name in Trained.Layout.Tensors.Select(t => t.Name))
        {
            float[] a = expected(name), b = actual(name);
            double size = a.Max(Math.Abs);
            for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], bound * Math.Max(1, size));
        }
    }
}
