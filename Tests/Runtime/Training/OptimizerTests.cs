using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>Updates against the papers' formulas in double, fed with the gradients the trainer shows; clipping; what stops a step.</summary>
public sealed class OptimizerTests
{
    const int Steps = 10;

    [Theory]
    [InlineData(0f, null)]
    [InlineData(0.1f, null)]
    [InlineData(0.1f, 0.3f)]
    public void AdamW_IsItsFormula(float weightDecay, float? clip)
    {
        var optimizer = new AdamW(learningRate: 1e-2f, beta1: 0.9f, beta2: 0.999f, epsilon: 1e-6f, weightDecay);
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, optimizer, seed: 9);
        trainer.MaxGradientNorm = clip;
        Follow(trainer, state: 2, (step, rate, weight, gradient, state) =>
        {
            state[0] = optimizer.Beta1 * state[0] + (1 - (double)optimizer.Beta1) * gradient;
            state[1] = optimizer.Beta2 * state[1] + (1 - (double)optimizer.Beta2) * gradient * gradient;
            double mean = state[0] / (1 - Math.Pow(optimizer.Beta1, step)), square = state[1] / (1 - Math.Pow(optimizer.Beta2, step));
            return weight - rate * (mean / (Math.Sqrt(square) + optimizer.Epsilon) + optimizer.WeightDecay * weight);
        });
    }

    [Theory]
    [InlineData(0f, 0f, null)]
    [InlineData(0.9f, 0f, null)]
    [InlineData(0.9f, 0.1f, 0.3f)]
    public void Sgd_IsItsFormula(float momentum, float weightDecay, float? clip)
    {
        var optimizer = new Sgd(learningRate: 1e-2f, momentum, weightDecay);
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, optimizer, seed: 9);
        trainer.MaxGradientNorm = clip;
        Follow(trainer, state: 1, (_, rate, weight, gradient, state) =>
        {
            state[0] = optimizer.Momentum * state[0] + gradient + optimizer.WeightDecay * weight;
            return weight - rate * state[0];
        });
    }

    [Fact]
    public void GradientNorm_IsTheLengthOfAllGradientsTogether()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 9);
        Assert.Equal(0, trainer.GradientNorm);
        trainer.Step(Ids, Targets, B, T);
        Assert.Equal(Norm(trainer), trainer.GradientNorm, Norm(trainer) * 1e-7);
    }

    [Fact]
    public void GradientsWithinTheBound_AreNotClipped()
    {
        using SmallGpt.Trainer free = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 9);
        using SmallGpt.Trainer bounded = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 9);
        bounded.MaxGradientNorm = 1000;
        for (int i = 0; i < 5; i++) Assert.Equal(free.Step(Ids, Targets, B, T), bounded.Step(Ids, Targets, B, T));
        foreach (string name in free.Weights.Names) Assert.True(free.Parameter(name).SequenceEqual(bounded.Parameter(name)), name);
    }

    [Fact]
    public void WithoutLearningRate_NothingChanges()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 9);
        trainer.LearningRate = 0;
        float first = trainer.Step(Ids, Targets, B, T);
        Assert.Equal(first, trainer.Step(Ids, Targets, B, T));
        Assert.Equal(2, trainer.StepCount);
        trainer.LearningRate = 1e-3f;
        Assert.Equal(first, trainer.Step(Ids, Targets, B, T));
        Assert.True(trainer.Step(Ids, Targets, B, T) < first);
    }

    [Fact]
    public void ComputeGradients_ChangesNoParameterAndCountsNoStep()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 9);
        float[] before = trainer.Parameter("blocks.*.up.weight").ToArray();
        float loss = trainer.ComputeGradients(Ids, Targets, B, T);
        Assert.Equal(loss, trainer.ComputeGradients(Ids, Targets, B, T));
        Assert.Equal(before, trainer.Parameter("blocks.*.up.weight").ToArray());
        Assert.Equal(0, trainer.StepCount);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void AGradientThatIsNotFinite_StopsTheStepAndNamesItsParameter(float bad)
    {
        float[] x = Draw.Reals(32 * 64);
        int[] labels = Draw.Tokens(32, 10);
        using Perceptron.Trainer trainer = Perceptron.CreateTrainer(Device.Cpu, Adam, seed: 9);
        trainer.Step(x, labels);
        float[] before = [.. trainer.Weights.Names.SelectMany(name => trainer.Parameter(name).ToArray())];
        float right = x[70];
        x[70] = bad;
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, labels));
        Assert.Matches(@"^Step 2: the gradient of \S+ \[[\d, ]+\] is (NaN|-?Infinity|-?∞) at element \d+; no parameter was changed\. Lower the learning rate, now 0\.001", error.Message);
        Assert.Equal(1, trainer.StepCount);
        float[] after = [.. trainer.Weights.Names.SelectMany(name => trainer.Parameter(name).ToArray())];
        Assert.Equal(before, after);
        x[70] = right;
        Assert.True(float.IsFinite(trainer.Step(x, labels)));
    }

    [Fact]
    public void TheGpt_LearnsItsTargetsByHeart()
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-2f), seed: 9);
        float[] losses = [.. Enumerable.Range(0, 100).Select(_ => trainer.Step(Ids, Targets, B, T))];
        Assert.InRange(losses[0], 2.6f, 3.1f);      // ln 17 = 2.83
        Assert.True(losses[^1] < 0.1f, $"from {losses[0]} to {losses[^1]}");
    }

    /// <summary>Steps with falling learning rates; each parameter's path must be the formula's.</summary>
    static void Follow(SmallGpt.Trainer trainer, int state, Func<int, double, double, double, double[], double> update)
    {
        Dictionary<string, double[]> expected = trainer.Weights.Names.ToDictionary(n => n, n => Array.ConvertAll(trainer.Parameter(n).ToArray(), x => (double)x));
        Dictionary<string, double[][]> states = expected.ToDictionary(p => p.Key, p => p.Value.Select(_ => new double[state]).ToArray());
        double distance = 0;
        for (int step = 1; step <= Steps; step++)
        {
            trainer.LearningRate = 1e-2f / step;
            distance += trainer.LearningRate;
            trainer.Step(Ids, Targets, B, T);
            Assert.Equal(step, trainer.StepCount);
            double norm = Norm(trainer), scale = trainer.MaxGradientNorm is { } most && norm > most ? most / norm : 1;
            foreach ((string name, double[] weights) in expected)
            {
                ReadOnlySpan<float> gradient = trainer.Gradient(name);
                for (int i = 0; i < weights.Length; i++)
                    weights[i] = update(step, trainer.LearningRate, weights[i], gradient[i] * scale, states[name][i]);
            }
        }
        if (trainer.MaxGradientNorm is { } bound) Assert.True(Norm(trainer) > bound, "nothing was clipped");
        foreach ((string name, double[] weights) in expected)
            for (int i = 0; i < weights.Length; i++)
            {
                // A rounding of the weight in each step, and a few in the length of each.
                double allowed = Steps * 6e-8 * Math.Abs(weights[i]) + 1e-6 * distance;
                double error = Math.Abs(trainer.Parameter(name)[i] - weights[i]);
                if (error > allowed) Assert.Fail($"{name}[{i}] is {trainer.Parameter(name)[i]}, expected {weights[i]}: {error:g3} off, {allowed:g3} allowed");
            }
    }

    static double Norm(SmallGpt.Trainer trainer)
    {
        double square = 0;
        foreach (string name in trainer.Weights.Names)
            foreach (float g in trainer.Gradient(name)) square += (double)g * g;
        return Math.Sqrt(square);
    }
}
