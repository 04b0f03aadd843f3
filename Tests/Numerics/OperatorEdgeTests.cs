using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Where a formula could be right everywhere but at one place: gradients at 0 and of empty rows, labels that do not count or do not exist.</summary>
public sealed class OperatorEdgeTests
{
    /// <summary>The gradient of a sum of f over each number.</summary>
    static double[] Slope(Func<Tensor, Tensor> f, params double[] at)
    {
        Tensor x = Parameter.Zeros(at.Length);
        Array.Copy(at, x.Data, at.Length);
        return Eager.Gradients(Sum(f(x), 0), x)[0].Data;
    }

    [Fact]
    public void GradientsAtZero_AreThoseOfTheMathematics()
    {
        Assert.Equal([0.0, 2.0], Slope(Square, 0, 1));
        Assert.Equal([0.0], Slope(x => Pow(x, 2), 0));
        Assert.Equal([1.0], Slope(x => Pow(x, 1), 0));
        Assert.Equal([double.PositiveInfinity], Slope(x => Pow(x, 0.5), 0));
        Assert.Equal([0.0], Slope(x => Pow(x, 1.5), 0));
        Assert.Equal([0.0, 0.0], Slope(x => Pow(x, new Tensor([0.0, 2.0], 2)), 0, 0));
        Assert.Equal([0.0, 0.0], Slope(b => Pow(new Tensor([0.0, 0.0], 2), b), 0, 2));
        Assert.Equal([0.0], Slope(Abs, 0));
        Assert.Equal([0.5], Slope(Softplus, 0));
        Assert.Equal([1.0, 1.0, 0.0], Slope(x => Clamp(x, -1, 1), -1, 1, 1.5));
        Assert.Equal([0.01], Slope(x => LeakyRelu(x), 0));
    }

    [Fact]
    public void BinaryCrossEntropy_OfALogitOfZeroPullsByHalf()
    {
        Tensor targets = new([0.0, 1.0], 2);
        Assert.Equal([0.25, -0.25], Slope(z => BinaryCrossEntropyWithLogits(z, targets).Reshape(1), 0, 0));
    }

    [Fact]
    public void LogSumExp_OfNothingHasNoGradient()
    {
        double[] nothing = [double.NegativeInfinity, double.NegativeInfinity];
        Assert.Equal([0.0, 0.0], Slope(x => LogSumExp(x, 0), nothing));
        Assert.Equal([double.NegativeInfinity], LogSumExp(new Tensor(nothing, 2), 0).Data);
        Assert.Equal([0.0, 1.0], Slope(x => LogSumExp(x, 0), double.NegativeInfinity, 3));
    }

    [Fact]
    public void KLDivergence_OfAnImpossibleTargetIsNothing()
    {
        Tensor q = new([-1.0, -2.0], 1, 2);
        Assert.Equal([2.0], KLDivergence(q, new Tensor([0.0, 1.0], 1, 2)).Data);
        Tensor p = Parameter.Zeros(1, 2);
        p.Data[1] = 1;
        Assert.All(Eager.Gradients(KLDivergence(q, p), p)[0].Data, g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void CrossEntropy_OfNoLabelThatCountsIsZeroWithoutGradient()
    {
        float[] x = Draw.Reals(3 * 6);
        int[] none = [-100, -100, -100];
        using var trainer = Labelled.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        Assert.Equal(0f, trainer.ComputeGradients(x, none));
        Assert.All(trainer.Gradient("head.weight").ToArray(), g => Assert.Equal(0f, g));
        var eager = new Labelled();
        Assert.Equal([0.0], eager.Loss(new(x, 3, 6), new(none, 3)).Data);
    }

    /// <summary>Rows that do not count are as if they were not there.</summary>
    [Fact]
    public void CrossEntropy_CountsTheOthersAlone()
    {
        float[] x = Draw.Reals(4 * 6);
        var eager = new Labelled();
        Eager.Initialize(eager, 7);
        using var trainer = Labelled.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        float some = trainer.ComputeGradients(x, [1, -100, 4, -100]);
        float[] kept = [.. x.Take(6), .. x.Skip(12).Take(6)];
        Assert.Equal(trainer.ComputeGradients(kept, [1, 4]), some, 1e-6f);
        Assert.Equal(eager.Loss(new(kept, 2, 6), new([1, 4], 2)).Data[0], some, 1e-6);
    }

    [Fact]
    public void CrossEntropy_OfARowThatDoesNotCountMayHoldAnything()
    {
        Tensor logits = Parameter.Zeros(2, 3);
        double[] numbers = [double.NaN, double.PositiveInfinity, 1, 0.5, 0, -0.5];
        Array.Copy(numbers, logits.Data, 6);
        Tensor loss = CrossEntropy(logits, new Tensor<int>([-100, 2], 2), labelSmoothing: 0.1);
        double[] gradient = Eager.Gradients(loss, logits)[0].Data;
        Assert.True(double.IsFinite(loss.Data[0]));
        Assert.Equal([0.0, 0.0, 0.0], gradient[..3]);
        Assert.Equal(0, gradient[3..].Sum(), 1e-12);
        Assert.True(gradient[5] < -0.5);
    }

    /// <summary>−Σ w·log p / Σ w with a share of ε for all classes, written out.</summary>
    [Fact]
    public void CrossEntropy_WithWeightsAndSmoothingIsItsFormula()
    {
        const int Rows = 5, Classes = 4;
        double[] z = Array.ConvertAll(Draw.Reals(Rows * Classes), v => 3.0 * v), w = [0.5, 2, 1, 3];
        int[] labels = [0, 3, -1, 2, 1];
        const double Smoothing = 0.2;
        double total = 0, weight = 0;
        for (int n = 0; n < Rows; n++)
        {
            if (labels[n] < 0) continue;
            double[] row = z[(n * Classes)..((n + 1) * Classes)];
            double log = Math.Log(row.Sum(Math.Exp));
            total += (1 - Smoothing) * w[labels[n]] * (log - row[labels[n]]) + Smoothing / Classes * row.Select((v, c) => w[c] * (log - v)).Sum();
            weight += w[labels[n]];
        }
        Assert.Equal(total / weight, CrossEntropy(new(z, Rows, Classes), new(labels, Rows), -1, Smoothing, new(w, Classes)).Data[0], 1e-12);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void LabelOutOfRange_IsAnErrorWithRowLabelAndClasses(int wrong)
    {
        float[] x = Draw.Reals(3 * 6);
        int[] labels = [1, wrong, -100];
        using var trainer = Labelled.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        string compiled = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.ComputeGradients(x, labels)).Message;
        Assert.Contains($"labels[1] is {wrong}; it must be from 0 to 4, or -100", compiled, StringComparison.Ordinal);
        string eager = Assert.Throws<RowOutOfRangeException>(() => new Labelled().Loss(new(x, 3, 6), new(labels, 3))).Message;
        Assert.Contains($"Label {wrong} of row 1 is none of 5 classes", eager, StringComparison.Ordinal);
        using var session = trainer.CreateSession();
        Assert.Contains("labels[1]", Assert.Throws<ArgumentOutOfRangeException>(() => session.Rows(labels, new float[15])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ComputedRowOutOfRange_IsAnErrorAndNoReadBeyondTheTable()
    {
        float[] x = new float[3 * 6], result = new float[3 * 5];
        using var trainer = Labelled.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        using var session = trainer.CreateSession();
        x[6] = 5;
        session.Looked(x, result);
        foreach (float wrong in (float[])[6, -1, float.PositiveInfinity])
        {
            x[6] = wrong;
            string message = Assert.Throws<ArgumentOutOfRangeException>(() => session.Looked(x, result)).Message;
            Assert.Contains("number 1 of 3 asks for row", message, StringComparison.Ordinal);
            Assert.Contains("a table with rows 0 to 5", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RowOfTheLargest_IsLookedUp()
    {
        float[] x = new float[2 * 6], result = new float[2 * 5];
        (x[3], x[6], x[7]) = (1, 2, 2);
        using var trainer = Labelled.CreateTrainer(Device.Cpu, new AdamW(learningRate: 1e-3f), seed: 7);
        using var session = trainer.CreateSession();
        session.Best(x, result);
        float[] table = trainer.Weights["head.weight"].ToArray();
        Assert.Equal([.. table[15..20], .. table[..5]], result);
    }

    [Fact]
    public void TruncatedNormal_HasNoTailsAndItsDeviation()
    {
        double[] drawn = Randomness.Numbers("truncated_normal", 0.5, 7, "weight", 40_000);
        Assert.All(drawn, x => Assert.InRange(x, -1, 1));
        Assert.Contains(drawn, x => Math.Abs(x) > 0.97);
        Assert.Equal(0, drawn.Average(), 0.01);
        // √(1 - 2·2·φ(2) / (1 - 2Φ(-2))) = 0.8796
        Assert.Equal(0.8796 * 0.5, Math.Sqrt(drawn.Average(x => x * x)), 0.005);
        Assert.Equal(0.6827 / 0.9545, drawn.Count(x => Math.Abs(x) < 0.5) / 40_000.0, 0.01);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(3, 17)]
    [InlineData(33, 8)]
    public void Orthogonal_IsOrthogonal(int rows, int columns)
    {
        double[] m = Randomness.Numbers("orthogonal", 1.5, 7, "weight", rows * columns, columns);
        int count = Math.Min(rows, columns);
        double At(int vector, int i) => rows <= columns ? m[vector * columns + i] : m[i * columns + vector];
        for (int a = 0; a < count; a++)
            for (int b = 0; b < count; b++)
                Assert.Equal(a == b ? 2.25 : 0, Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => At(a, i) * At(b, i)), 1e-5);
        Assert.NotEqual(m, Randomness.Numbers("orthogonal", 1.5, 8, "weight", rows * columns, columns));
    }

    /// <summary>Each against the bound or deviation of its paper, for a layer from 40 to 60 numbers.</summary>
    [Fact]
    public void Initializers_HaveTheirPapersSpread()
    {
        (Initializer How, string Distribution, double Scale)[] rows =
        [
            (Initializer.XavierUniform(), "uniform", Math.Sqrt(6.0 / 100)), (Initializer.XavierNormal(2), "normal", 2 * Math.Sqrt(2.0 / 100)),
            (Initializer.HeUniform(), "uniform", Math.Sqrt(6.0 / 40)), (Initializer.HeNormal(), "normal", Math.Sqrt(2.0 / 40)),
            (Initializer.Uniform(0.3), "uniform", 0.3), (Initializer.Normal(0.3), "normal", 0.3), (Initializer.TruncatedNormal(0.3), "truncated_normal", 0.3),
            (Initializer.Orthogonal(), "orthogonal", 1), (Initializer.Constant(0.3), "constant", 0.3),
        ];
        foreach ((Initializer how, string distribution, double scale) in rows)
        {
            Tensor weight = new Linear(40, 60, initializer: how).Weight;
            Assert.Equal((distribution, scale), (weight.Distribution, weight.Scale), (a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-12);
        }
        Assert.Single(ParameterNames.Of(new Linear(4, 6, bias: false)));
    }
}
