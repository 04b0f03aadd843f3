using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Training;

/// <summary>The first number that is not finite is named; tensors are read by name; eager models take trained parameters.</summary>
public sealed class NumbersTests
{
    [Fact]
    public void CheckedSteps_HaveTheSameBits()
    {
        using SmallGpt.Trainer plain = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 2), watched = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 2);
        watched.CheckNumbers = true;
        for (int i = 0; i < 5; i++) Assert.Equal(plain.Step(Ids, Targets, B, T), watched.Step(Ids, Targets, B, T));
        Assert.Equal(TrainedRun.Everything(plain), TrainedRun.Everything(watched));
    }

    [Fact]
    public void AValueInsideALoop_IsNamedWithItsLayerPlaceAndExpression()
    {
        using Diverging.Trainer trainer = Diverging.CreateTrainer(Device.Cpu, Adam, seed: 2);
        trainer.CheckNumbers = true;
        float[] x = Draw.Reals(4 * 5), y = [.. Draw.Reals(4 * 5).Select(v => v * v + 0.1f)];
        trainer.Step(x, y);
        trainer.Weights.Set("blocks.1.scale", [1, 1, -1, 1, 1]);    // the logarithm of -2
        float[] before = TrainedRun.Everything(trainer);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, y));
        Assert.StartsWith("Step 2, forward: blocks[1] ", error.Message, StringComparison.Ordinal);
        Assert.Contains("is NaN at [", error.Message, StringComparison.Ordinal);
        Assert.Contains("mix.Forward(x) * logarithm", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"\[4, 5\] is NaN at \[0, 2\]", error.Message);
        Assert.Equal(before, TrainedRun.Everything(trainer));
        Assert.Equal(1, trainer.StepCount);
    }

    [Fact]
    public void AGradientThatDiverges_IsNamedAsBackward()
    {
        using Diverging.Trainer trainer = Diverging.CreateTrainer(Device.Cpu, Adam, seed: 2);
        trainer.CheckNumbers = true;
        trainer.Weights.Set("blocks.2.scale", [1, 1, 1, 0.5f, 1]);
        trainer.Step(Draw.Reals(4 * 5), [.. Draw.Reals(4 * 5).Select(v => v * v + 0.1f)]);
        // The logarithm is 0 there; numbers of this size overflow only where gradients multiply them.
        trainer.Weights.Set("head.weight", [.. Enumerable.Repeat(3e18f, 15)]);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(Draw.Reals(4 * 5), [.. Enumerable.Repeat(1f, 4 * 5)]));
        Assert.Matches("^Step 2, (forward|backward): ", error.Message);
        Assert.Contains("is the first value that is not finite", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void AnInput_IsNamedBeforeTheStep(float bad)
    {
        using Diverging.Trainer trainer = Diverging.CreateTrainer(Device.Cpu, Adam, seed: 2);
        trainer.CheckNumbers = true;
        float[] x = Draw.Reals(4 * 5);
        x[7] = bad;
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, new float[20]));
        Assert.Contains("Step 1, before the step: the input x [4, 5] is", error.Message, StringComparison.Ordinal);
        Assert.Contains("at [1, 2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARateThatDiverges_GivesTheMessage()
    {
        using Trained.Trainer trainer = TrainedRun.Create(new Sgd(1e25f));
        trainer.CheckNumbers = true;
        ArithmeticException error = Assert.Throws<ArithmeticException>(() =>
        {
            for (int i = 0; i < 20; i++) trainer.Step(TrainedRun.Ids(i), TrainedRun.Labels(i));
        });
        Assert.Contains("lower the learning rate, now 1E+25", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TappedValues_AreThoseOfTheStep()
    {
        int[] ids = Draw.Tokens(3 * 5, 9), targets = Draw.Tokens(3 * 5, 9, stream: 3);
        using Tapped.Trainer trainer = Tapped.CreateTrainer(Device.Cpu, Adam, seed: 6);
        Assert.Throws<InvalidOperationException>(() => trainer.Activation("logits").Length);
        var eager = new Tapped();
        Eager.Initialize(eager, 6);
        Tensor loss = eager.Loss(new(ids, 3, 5), new(targets, 3, 5));
        EagerEqualsCompiled.Close("loss", loss.Data, [trainer.Step(ids, targets, 3, 5)]);
        Assert.Equal(3 * 5 * 9, trainer.Activation("logits").Length);
        // The loss again, from the logits.
        ReadOnlySpan<float> logits = trainer.Activation("logits");
        double mean = 0;
        for (int row = 0; row < 15; row++)
        {
            double sum = 0;
            for (int c = 0; c < 9; c++) sum += Math.Exp(logits[row * 9 + c]);
            mean += (Math.Log(sum) - logits[row * 9 + targets[row]]) / 15;
        }
        Assert.Equal(loss.Data[0], mean, 1e-5);
        Assert.Equal(3 * 15 * 5, trainer.Activation("blocks.*.hidden").Length);
        Assert.True(trainer.Activation("blocks.*.hidden").Slice(15 * 5, 15 * 5).SequenceEqual(trainer.Activation("blocks.1.hidden")));
        Assert.All(trainer.Activation("blocks.2.hidden").ToArray(), h => Assert.InRange(h, -1, 1));
        Assert.Equal(3 * 5 * 8, trainer.Activation("blocks.1.attention.query").Length);
        float[] shares = trainer.Activation("blocks.1.shares").ToArray();
        Assert.Equal(3 * 5 * 5, shares.Length);
        for (int row = 0; row < 3 * 5; row++) Assert.Equal(1, shares.AsSpan(row * 5, 5).ToArray().Sum(), 1e-5);
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => trainer.Activation("blocks.3.hidden").Length);
        Assert.Contains("It keeps blocks.*.hidden, logits, ", error.Message, StringComparison.Ordinal);
        using SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        Assert.Contains("Write [Tap(\"x\")] on the class", Assert.Throws<KeyNotFoundException>(() => other.Activation("x").Length).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AView_TellsRangeMeanAndWhatIsNotFinite()
    {
        TensorView view = TensorView.Of("x", "[2, 3]", [1, float.NaN, -2, float.PositiveInfinity, 4, 5]);
        Assert.Equal((-2, float.PositiveInfinity, 2.0, 1, 1), (view.Minimum, view.Maximum, view.Mean, view.NaNs, view.Infinities));
        Assert.StartsWith("x [2, 3]: -2 to ", view.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 NaN, 1 infinite", view.ToString(), StringComparison.Ordinal);
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam);
        trainer.Step(Ids, Targets, B, T);
        Assert.Equal("[24, 96]", trainer.View("blocks.1.up.weight").Shape);
        Assert.Equal(trainer.Gradient("final.bias")[0], trainer.View("final.bias", gradient: true).First[0]);
    }

    [Fact]
    public void AnEagerModel_TakesTrainedParameters()
    {
        using var folder = new TemporaryFolder();
        string path = folder["gpt.safetensors"];
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 2);
        for (int i = 0; i < 3; i++) trainer.Step(Ids, Targets, B, T);
        trainer.Save(path);
        var eager = new SmallGpt();
        EagerModel.LoadWeights(eager, path);
        EagerEqualsCompiled.Close("loss", eager.Loss(new(Ids, B, T), new(Targets, B, T)).Data, [trainer.ComputeGradients(Ids, Targets, B, T)]);
        CheckpointException error = Assert.Throws<CheckpointException>(() => EagerModel.LoadWeights(new Perceptron(), path));
        Assert.Contains("does not fit Perceptron", error.Message, StringComparison.Ordinal);
    }
}
