using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.TrainedRun;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Each optimizer is its paper's formula, learns, has the same bits for any number of threads, and takes the memory that was planned.</summary>
public sealed class EveryOptimizerTests
{
    const int Steps = 8;

    public static TheoryData<string> All => TrainedRun.All;

    [Theory]
    [MemberData(nameof(All))]
    public void EachUpdate_IsItsFormulaWithGroupsAndClipping(string name)
    {
        Optimizer optimizer = Of(name);
        using Trained.Trainer trainer = Create(optimizer);
        trainer.MaxGradientNorm = 0.5f;
        var plain = new PlainOptimizers(optimizer);
        Dictionary<string, double[]> expected = Doubles(trainer);
        double distance = 0;
        for (int step = 1; step <= Steps; step++)
        {
            trainer.LearningRate = optimizer.LearningRate / (1 + step % 3);
            distance += trainer.LearningRate;
            trainer.Step(Ids(step), Labels(step));
            double norm = trainer.GradientNorm, scale = norm > 0.5 ? 0.5 / norm : 1;
            foreach (TensorLayout tensor in Trained.Layout.Tensors)
            {
                double[] gradient = Array.ConvertAll(trainer.Gradient(tensor.Name).ToArray(), g => g * scale);
                plain.Update(tensor, expected[tensor.Name], gradient, trainer.LearningRate, step);
            }
        }
        double start = 0;
        foreach ((string tensor, double[] weights) in expected)
        {
            ReadOnlySpan<float> actual = trainer.Parameter(tensor);
            // Roundings of weights; of updates, which sums and, for Muon, five matrix polynomials go into.
            double bound = name.StartsWith("Muon", StringComparison.Ordinal) ? 2e-5 : 3e-6;
            for (int i = 0; i < weights.Length; i++)
            {
                double allowed = Steps * 1e-7 * Math.Abs(weights[i]) + bound * distance * 4;
                double error = Math.Abs(actual[i] - weights[i]);
                start = Math.Max(start, error / allowed);
                if (error > allowed) Assert.Fail($"{name}: {tensor}[{i}] is {actual[i]}, expected {weights[i]}: {error:g3} off, {allowed:g3} allowed");
            }
        }
        Assert.True(start > 0, "nothing was compared");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AnyNumberOfThreads_HasTheSameBits(string name)
    {
        using Trained.Trainer one = Create(Of(name), threads: 1), three = Create(Of(name), threads: 3);
        for (int i = 0; i < Steps; i++) Assert.Equal(one.Step(Ids(i), Labels(i)), three.Step(Ids(i), Labels(i)));
        Assert.Equal(Everything(one), Everything(three));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ASmallProblem_IsLearntByHeart(string name)
    {
        using Trained.Trainer trainer = Create(Plain(name));
        if (name == "Adafactor") trainer.LearningRate = 0.1f;
        int[] ids = [0, 1, 2, 3, 4, 5], labels = [6, 5, 4, 3, 2, 1];
        float first = trainer.Step(ids, labels), last = 0;
        for (int i = 0; i < 300; i++) last = trainer.Step(ids, labels);
        Assert.True(first > 1.5f, $"{first}");
        Assert.True(last < 0.15f, $"{name}: from {first} to {last}");
    }

    [Fact]
    public void PlannedBytes_AreWhatTheModelSays()
    {
        Assert.Equal(Trained.Cost.TrainingBytes, Planned("AdamW"));
        Assert.Equal(Trained.Cost.TrainingBytesWithSgd, Planned("Sgd"));
        Assert.Equal(Trained.Cost.TrainingBytesWithLion, Planned("Lion"));
        Assert.Equal(Trained.Cost.TrainingBytesWithAdafactor, Planned("Adafactor"));
        Assert.Equal(Trained.Cost.TrainingBytesWithMuon, Planned("Muon"));
        // Rows and columns are fewer than elements.
        Assert.True(Trained.Cost.TrainingBytesWithAdafactor < Trained.Cost.TrainingBytesWithSgd);
        Assert.True(Trained.Cost.TrainingBytesWithLion < Trained.Cost.TrainingBytes);

        static long Planned(string name)
        {
            using Trained.Trainer trainer = Create(Plain(name));
            return trainer.PlannedBytes;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AStep_AllocatesNothing(string name)
    {
        using Trained.Trainer trainer = Create(Of(name), threads: 2);
        trainer.AverageWeights(0.9f);
        trainer.Schedule = new CosineSchedule(1e-2f, steps: 100, warmUp: 10);
        int[] ids = Ids(0), labels = Labels(0);
        for (int i = 0; i < 60; i++) Both();
        long before = trainer.AllocatedBytes;
        for (int i = 0; i < 20; i++) Both();
        Assert.InRange(trainer.AllocatedBytes - before, 0, 2000);   // what the runtime allocates itself, not 20 times

        void Both()
        {
            trainer.Step(ids, labels);
            trainer.AccumulateGradients(ids, labels);
            trainer.AccumulateGradients(ids, labels);
            trainer.ApplyGradients();
        }
    }

    [Theory]
    [InlineData("blocks.1.up.wieght", "blocks.1.up.weight")]
    [InlineData("nothing.*", "No parameter of Trained has a name like \"nothing.*\"")]
    public void AGroupThatMatchesNothing_SaysWhatIsNear(string pattern, string says)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Create(new AdamW { Groups = [new ParameterGroup(pattern)] }));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{pattern}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGroupBehindABroaderOne_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Create(new AdamW { Groups = [new("*.bias"), new("head.bias")] }));
        Assert.Contains("put the narrower pattern first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGroupWithoutLearningRate_StaysAsItIs()
    {
        using Trained.Trainer trainer = Create(new AdamW(1e-2f) { Groups = [new("blocks.1.*", learningRateScale: 0)] });
        Dictionary<string, double[]> before = Doubles(trainer);
        for (int i = 0; i < 3; i++) trainer.Step(Ids(i), Labels(i));
        foreach ((string name, double[] after) in Doubles(trainer))
            Assert.Equal(name.StartsWith("blocks.1.", StringComparison.Ordinal), before[name].SequenceEqual(after));
    }

    [Fact]
    public void Hyperparameters_HaveRanges()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lion(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adafactor(decayPower: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adafactor(clipThreshold: float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Muon(momentum: -0.1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Muon(weightDecay: float.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*", weightDecay: -1));
        Assert.Throws<ArgumentException>(() => new ParameterGroup(" "));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { MostAxes = -1 });
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Sgd(0.1f, nesterov: true));
        Assert.Contains("momentum is 0", error.Message, StringComparison.Ordinal);
    }
}
