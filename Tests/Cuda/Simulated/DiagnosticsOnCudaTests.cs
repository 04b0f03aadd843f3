using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Profiles of a device, and the first number that is not finite there: as on the processor, and nothing is left of them when they are off.</summary>
public sealed class DiagnosticsOnCudaTests : SimulatedTests
{
    const int Batch = 3, Time = 10;
    static readonly int[] ids = Draw.Tokens(Batch * Time, 17), targets = Draw.Tokens(Batch * Time, 17, stream: 3);

    [Fact]
    public void Profile_HasEveryPlannedLaunchOnce_AsOftenAsItRuns_AndAddsUp()
    {
        using var cuda = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var profile = KernelProfile.Begin(cuda.Device);
        for (int i = 0; i < 4; i++)
            using (profile.Step()) cuda.Step(ids, targets, Batch, Time);
        cuda.Step(ids, targets, Batch, Time);   // outside: not counted
        Assert.Equal(3, profile.Steps);         // the first one compiled
        ProfileTable table = profile.ToTable(cuda);
        string[] names = [.. table.Rows.SkipLast(1).Select(r => r[0])];
        Dictionary<string, PlannedLaunch[]> planned = cuda.Plan!.Launches.GroupBy(ProfileTable.NameOf).ToDictionary(g => g.Key, g => g.ToArray());
        Assert.Equal(planned.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach ((string name, PlannedLaunch[] launches) in planned)
        {
            string[] row = table.Rows.Single(r => r[0] == name);
            Assert.Equal(launches.Sum(l => l.Times), Number(row[1]));
            Assert.Equal(launches.Sum(l => (double)l.Times * l.Nanoseconds) * 1e-6, Number(row[^1]), 0.0006);
        }
        Assert.Contains(planned.Values, launches => launches.Any(l => l.Times == 2));   // the layers of the loop add up
        string[] step = table.Rows[^1];
        Assert.Equal("step", step[0]);
        Assert.Equal(table.Rows.SkipLast(1).Sum(r => Number(r[2])), Number(step[2]), 0.001 * names.Length);
        Assert.Equal(100, table.Rows.SkipLast(1).Sum(r => Number(r[3])), 0.1 * names.Length);
        Assert.InRange(table.Accounted, 0.3, 1);
        Assert.Equal(["kernel", "calls", "ms", "share", "GFLOP/s", "GB/s", "of its floor", "predicted ms"], table.Head);
        Assert.All(table.Rows, row => Assert.Equal(table.Head.Count, row.Length));
        var text = new StringWriter();
        table.Write(text);
        Assert.Contains("predicted ms", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("on Cuda 0", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ProfiledRun_ComputesTheSameBits_AndGoesBackToOneGraph()
    {
        using var plain = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var profiled = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        var losses = new List<float>();
        for (int i = 0; i < 6; i++) losses.Add(plain.Step(ids, targets, Batch, Time));
        losses.Add(plain.Synchronize());
        var others = new List<float>();
        others.Add(profiled.Step(ids, targets, Batch, Time));
        using (var profile = KernelProfile.Begin(profiled.Device))
        {
            new TrainingRun(profiled, 4) { Profile = profile }.Train(() =>
            {
                others.Add(profiled.Step(ids, targets, Batch, Time));
                return others[^1];
            });
        }
        Simulator.Reset();
        int left = losses.Count - 1 - others.Count;
        for (int i = 0; i < left; i++) others.Add(profiled.Step(ids, targets, Batch, Time));
        Assert.Equal((left, 0), (Simulator.Calls("cuGraphLaunch"), Simulator.Calls("cuLaunchKernel")));
        others.Add(profiled.Synchronize());
        Assert.Equal(losses, others);
        foreach (string name in plain.Weights.Names) Assert.Equal(plain.Parameter(name).ToArray(), profiled.Parameter(name).ToArray());
    }

    [Fact]
    public void Profile_MeasuresMicroBatchesStatesAndSessions()
    {
        float[] x = Draw.Reals(4 * 64);
        int[] labels = Draw.Tokens(4, 5);
        using var cuda = ImagesOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using ImagesOnCuda.Session session = cuda.CreateSession();
        var logits = new float[4 * 5];
        cuda.MaxGradientValue = 1;
        cuda.AverageWeights(0.9f);
        using var profile = KernelProfile.Begin(cuda.Device);
        for (int i = 0; i < 3; i++)
            using (profile.Step())
            {
                for (int part = 0; part < 2; part++) cuda.AccumulateGradients(x, labels);
                cuda.ApplyGradients();
                cuda.Step(x, labels);
                session.Logits(x, logits);
            }
        ProfileTable table = profile.ToTable(cuda);
        Assert.Equal("2", Calls(table, "AddGradients"));
        Assert.Equal("1", Calls(table, "ScaleGradients"));
        Assert.Equal("2", Calls(table, "AdamW"));
        Assert.Equal("2", Calls(table, "MaxGradientValue"));
        Assert.Equal("2", Calls(table, "AverageWeights"));
        Assert.Equal("1", Calls(table, "calls of sessions"));
        Assert.Equal("3", Calls(table, cuda.Plan!.Launches.First(l => l.Kind == "product" || l.Kind == "routine").Name));
    }

    [Fact]
    public void CheckedSteps_HaveTheSameBits_AndAreLaunchedOneByOne()
    {
        using var plain = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 2);
        using var watched = GptOnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 2);
        watched.CheckNumbers = true;
        for (int i = 0; i < 4; i++) Assert.Equal(plain.Step(ids, targets, Batch, Time), watched.Step(ids, targets, Batch, Time));
        Assert.Equal(plain.Synchronize(), watched.Synchronize());
        foreach (string name in plain.Weights.Names) Assert.Equal(plain.Parameter(name).ToArray(), watched.Parameter(name).ToArray());
        Simulator.Reset();
        watched.Step(ids, targets, Batch, Time);
        Assert.Equal(0, Simulator.Calls("cuGraphLaunch"));
        watched.CheckNumbers = false;
        Simulator.Reset();
        watched.Step(ids, targets, Batch, Time);
        Assert.Equal((1, 0), (Simulator.Calls("cuGraphLaunch"), Simulator.Calls("cuLaunchKernel")));
    }

    [Fact]
    public void ValueInsideALoop_IsNamedAsOnTheProcessor_AndNothingChanges()
    {
        float[] x = Draw.Reals(4 * 5), y = [.. Draw.Reals(4 * 5).Select(v => v * v + 0.1f)];
        string Message(Device device)
        {
            using Diverging.Trainer trainer = Diverging.CreateTrainer(device, new AdamW(1e-2f), seed: 2);
            trainer.CheckNumbers = true;
            trainer.Step(x, y);
            trainer.Weights.Set("blocks.1.scale", [1, 1, -1, 1, 1]);    // the logarithm of -2
            float[][] before = [.. trainer.Weights.Names.Select(n => trainer.Parameter(n).ToArray())];
            ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, y));
            foreach ((string name, float[] values) in trainer.Weights.Names.Zip(before)) Assert.Equal(values, trainer.Parameter(name).ToArray());
            Assert.Equal(1, trainer.StepCount);
            trainer.Weights.Set("blocks.1.scale", [1, 1, 1, 1, 1]);
            trainer.Step(x, y);
            Assert.Equal(2, trainer.StepCount);
            return error.Message;
        }
        string message = Message(Device.Cuda(0));
        Assert.StartsWith("Step 2, forward: blocks[1] ", message, StringComparison.Ordinal);
        Assert.Contains("mix.Forward(x) * logarithm", message, StringComparison.Ordinal);
        Assert.Equal(Message(Device.Cpu), message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void InputsAndParameters_AreNamedBeforeTheStep(float bad)
    {
        float[] x = Draw.Reals(4 * 5), y = new float[20];
        string Message(Device device, bool isParameter)
        {
            using Diverging.Trainer trainer = Diverging.CreateTrainer(device, new AdamW(1e-2f), seed: 2);
            trainer.CheckNumbers = true;
            if (isParameter) trainer.Weights.Set("blocks.2.mix.bias", [1, 1, 1, bad, 1]);
            float[] input = [.. x];
            if (!isParameter) input[7] = bad;
            return Assert.Throws<ArithmeticException>(() => trainer.Step(input, y)).Message;
        }
        Assert.Contains("Step 1, before the step: the input x [4, 5] is", Message(Device.Cuda(0), isParameter: false), StringComparison.Ordinal);
        foreach (bool isParameter in (bool[])[false, true])
            Assert.Equal(Message(Device.Cpu, isParameter), Message(Device.Cuda(0), isParameter));
    }

    [Fact]
    public void GradientThatOverflows_IsFoundInTheSamePass_WithoutAnUpdateToo()
    {
        float[] x = Draw.Reals(4 * 5), y = [.. Enumerable.Repeat(1f, 4 * 5)];
        using Diverging.Trainer trainer = Diverging.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 2);
        trainer.CheckNumbers = true;
        trainer.Weights.Set("head.weight", [.. Enumerable.Repeat(3e18f, 15)]);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.ComputeGradients(x, y));
        Assert.Matches("^Step 1, (forward|backward): ", error.Message);
        Assert.Contains("is the first value that is not finite", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.StepCount);
    }

    [Fact]
    public void EarlierStepThatFailed_IsNotBlamedOnTheCheckedOne()
    {
        float[] x = Draw.Reals(4 * 5), y = [.. Enumerable.Repeat(1f, 4 * 5)];
        using Diverging.Trainer trainer = Diverging.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 2);
        x[3] = float.NaN;
        trainer.Step(x, y);
        trainer.CheckNumbers = true;
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, y));
        Assert.Contains("Step 1: the gradient of ", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArithmeticException>(() => trainer.Step(x, y));
        Assert.Contains("the input x [4, 5] is NaN at [0, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Float16_OverflowOfAScaledGradient_IsReportedAsOnTheProcessor()
    {
        int[] a = Draw.Tokens(3 * 12, 32), b = Draw.Tokens(3 * 12, 32, stream: 3);
        string Message(Device device)
        {
            using var trainer = Float16OnCuda.CreateTrainer(device, new AdamW(1e-2f), seed: 5);
            trainer.LossScale = 1 << 30;
            trainer.CheckNumbers = true;
            return Assert.Throws<ArithmeticException>(() => trainer.Step(a, b, 3, 12)).Message;
        }
        string expected = Message(Device.Cpu), message = Message(Device.Cuda(0));
        // The gradient of the logits is computed with the loss.
        Assert.StartsWith("Step 1, forward: d", message, StringComparison.Ordinal);
        Assert.Equal(expected[..expected.IndexOf(" is ", StringComparison.Ordinal)], message[..message.IndexOf(" is ", StringComparison.Ordinal)]);
    }

    [Fact]
    public void LowPrecisionSteps_CanBeCheckedAndProfiled()
    {
        int[] a = Draw.Tokens(3 * 16, 32), b = Draw.Tokens(3 * 16, 32, stream: 3);
        using var wide = BFloat16OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(1e-2f), seed: 5);
        using var narrow = Float8OnCuda.CreateTrainer(Device.Cuda(0), new AdamW(3e-3f), seed: 5);
        using var profile = KernelProfile.Begin(narrow.Device);
        (wide.CheckNumbers, narrow.CheckNumbers) = (true, true);
        for (int i = 0; i < 2; i++)
            using (profile.Step())
            {
                wide.Step(a, b, 3, 16);
                narrow.Step(a, b, 3, 16);
            }
        Assert.True(float.IsFinite(wide.Synchronize()) && float.IsFinite(narrow.Synchronize()));
        Assert.Contains(profile.ToTable(narrow).Rows, row => row[0] == "CheckNumbers");
    }

    static string Calls(ProfileTable table, string name) => table.Rows.Single(r => r[0] == name)[1];

    static double Number(string cell) => double.Parse(cell.TrimEnd('%', ' '), CultureInfo.InvariantCulture);
}
