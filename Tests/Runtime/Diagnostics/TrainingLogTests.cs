using ModelCompiler.Tests.Harness;
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;


namespace ModelCompiler.Tests.Runtime.Diagnostics;

/// <summary>The lines of a training log, to the letter.</summary>
public sealed class TrainingLogTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void AStepsLine_HasTheseLettersInAnyCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        // As in tr-TR, and all else that could differ, even where the program runs without the data of cultures.
        var numbers = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "−" };
        foreach (CultureInfo culture in new[] { CultureInfo.InvariantCulture, new("") { NumberFormat = numbers } })
        {
            CultureInfo.CurrentCulture = culture;
            try
            {
                using (var log = new TrainingLog(folder["run.jsonl"]))
                    log.Step(3, 2.8332133f, 12.34567, 98765.4321, 0, 0.1f, 3e-4f);
                Assert.Equal("{\"step\":3,\"loss\":2.8332133,\"step_ms\":12.346,\"tokens_per_second\":98765.4,\"allocated_bytes\":0,\"grad_norm\":0.1,\"lr\":0.0003}\n",
                    File.ReadAllText(folder["run.jsonl"]));
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
    }

    [Fact]
    public void NumbersThatAreNotFinite_AreTexts()
    {
        using (var log = new TrainingLog(folder["run.jsonl"]))
            log.Step(1, float.NaN, double.PositiveInfinity, double.NegativeInfinity, 7, float.PositiveInfinity, 0);
        Assert.Equal("{\"step\":1,\"loss\":\"NaN\",\"step_ms\":\"Infinity\",\"tokens_per_second\":\"-Infinity\",\"allocated_bytes\":7,\"grad_norm\":\"Infinity\",\"lr\":0}\n",
            File.ReadAllText(folder["run.jsonl"]));
    }

    [Fact]
    public void TheLastLine_HasTheMemoryOfTheProcess()
    {
        long baseline;
        using (var log = new TrainingLog(folder["run.jsonl"]))
        {
            baseline = log.BaselineBytes;
            log.Final(1.5, 12_345, 678_900);
        }
        using JsonDocument line = JsonDocument.Parse(File.ReadAllText(folder["run.jsonl"]));
        JsonElement root = line.RootElement;
        Assert.True(root.GetProperty("final").GetBoolean());
        Assert.Equal(1.5, root.GetProperty("val_loss").GetDouble());
        Assert.Equal(12_345, root.GetProperty("parameters").GetInt64());
        Assert.Equal(678_900, root.GetProperty("planned_bytes").GetInt64());
        Assert.Equal(baseline, root.GetProperty("baseline_rss_bytes").GetInt64());
        long peak = root.GetProperty("peak_rss_bytes").GetInt64();
        Assert.InRange(baseline, 10L << 20, peak);
        Assert.InRange(peak, baseline, 100L << 30);
    }

    [Fact]
    public void Lines_AllocateNothing()
    {
        using var log = new TrainingLog(folder["run.jsonl"]);
        int written = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 500; i++, written++)
                log.Step(i, 2.5f / i, 3.25 * i, 1e6 / i, i, i % 2 == 0 ? float.NaN : 1f / i, 1e-3f * i);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        log.Dispose();
        Assert.Equal(written, File.ReadAllLines(folder["run.jsonl"]).Length);
    }

    [Fact]
    public void Lines_CanBeReadWhileTheRunGoesOn()
    {
        using var log = new TrainingLog(folder["run.jsonl"]);
        for (int i = 1; i <= 3; i++)
        {
            log.Step(i, 1, 1, 1, 0, 1, 1);
            using var reader = new StreamReader(new FileStream(folder["run.jsonl"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            Assert.Equal(i, reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
    }

    [Fact]
    public void Appending_KeepsWhatWasThere_AndReplacingDoesNot()
    {
        foreach ((bool append, int lines) in new[] { (false, 1), (true, 2), (true, 3), (false, 1) })
        {
            using (var log = new TrainingLog(folder["run.jsonl"], append)) log.Step(1, 1, 1, 1, 0, 1, 1);
            Assert.Equal(lines, File.ReadAllLines(folder["run.jsonl"]).Length);
        }
    }

    [Fact]
    public void WhatAKillHasCut_IsTakenAwayByTheRunThatGoesOn()
    {
        string path = folder["run.jsonl"];
        using (var log = new TrainingLog(path))
            for (int i = 1; i <= 3; i++) log.Step(i, i, 1, 1, 0, 1, 1);
        string whole = File.ReadAllText(path);
        File.AppendAllText(path, "{\"step\":4,\"lo");
        Assert.Equal([1, 2, 3], TrainingLog.Read(path).Select(s => s.Step));
        using (var log = new TrainingLog(path, append: true)) log.Step(3, 30, 1, 1, 0, 1, 1);
        Assert.StartsWith(whole + "{\"step\":3,\"loss\":30", File.ReadAllText(path), StringComparison.Ordinal);
        // The run went on from step 2: its step 3 is the one that counts.
        Assert.Equal([1f, 2f, 30f], TrainingLog.Read(path).Select(s => s.Loss));
    }

    [Fact]
    public void AStepWithValidation_CanBeReadBack()
    {
        string path = folder["run.jsonl"];
        var metrics = new Metrics();
        metrics.Add("loss", 1.25);
        metrics.Add("accuracy", double.NaN);
        using (var log = new TrainingLog(path))
        {
            ((IRunReport)log).Step(new StepReport(7, float.PositiveInfinity, 0.5, 64, 8, 0.1f, 3e-4f, 9, metrics, true));
            log.Final(1, 2, 3);
        }
        StepReport step = Assert.Single(TrainingLog.Read(path));
        Assert.Equal((7, float.PositiveInfinity, 0.5, 64.0, 8L, 0.1f, 3e-4f), (step.Step, step.Loss, step.Seconds, step.Rate, step.AllocatedBytes, step.GradientNorm, step.LearningRate));
        Assert.Equal(["loss", "accuracy"], step.Metrics!.Values.Select(v => v.Key));
        Assert.Equal([1.25, double.NaN], step.Metrics.Values.Select(v => v.Value));
    }

    [Fact]
    public void ADamagedLine_IsNamed()
    {
        File.WriteAllText(folder["run.jsonl"], "{\"step\":1,\"loss\":1,\"step_ms\":1,\"tokens_per_second\":1,\"allocated_bytes\":0,\"grad_norm\":1,\"lr\":1}\nnonsense\n{}\n");
        Assert.Contains("run.jsonl, line 2: this is no line", Assert.Throws<InvalidDataException>(() => TrainingLog.Read(folder["run.jsonl"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
