using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>The page of a run: one file, complete, the same bytes for the same run, bounded for any number of steps.</summary>
public sealed class HtmlReportTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 1);

    [Fact]
    public void APage_HoldsTheRun()
    {
        Write("run.html", steps: 40);
        string page = File.ReadAllText(folder["run.html"]);
        JsonElement run = Data(page);
        Assert.Equal(40, run.GetProperty("history").GetProperty("step").GetArrayLength());
        Assert.Equal(1.0 / 7, run.GetProperty("history").GetProperty("loss")[6].GetDouble(), 5);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("history").GetProperty("norm")[2].ValueKind);   // was not finite
        Assert.Equal([10, 20, 30, 40], run.GetProperty("validation").GetProperty("step").EnumerateArray().Select(s => s.GetInt32()));
        Assert.Equal((40, 0.025, "finished"), (run.GetProperty("bestStep").GetInt32(), run.GetProperty("best").GetDouble(), run.GetProperty("reason").GetString()));
        Assert.Equal(trainer.Plan!.Buffers.Count, run.GetProperty("plan").GetProperty("buffers").GetArrayLength());
        Assert.Equal("</script><b>&", run.GetProperty("samples")[0].GetProperty("text").GetString());
        Assert.StartsWith("iVBOR", run.GetProperty("samples")[1].GetProperty("image").GetString(), StringComparison.Ordinal);
        Assert.Contains("<title>A &lt;run&gt;</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Replace("{{\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void APage_NeedsNoNetwork()
    {
        Write("run.html", steps: 3);
        string page = File.ReadAllText(folder["run.html"]);
        // Addresses in comments and in the name of the SVG namespace fetch nothing.
        Assert.DoesNotMatch(@"(?i)(src|href)\s*=\s*[""']?(https?:)?//|@import|url\(", page);
        Assert.DoesNotMatch(@"fetch\(|XMLHttpRequest|importScripts", page);
        Assert.Contains("Permission is hereby granted", page, StringComparison.Ordinal);   // uPlot's licence goes with it
    }

    [Fact]
    public void TheSameRun_WritesTheSameBytes()
    {
        Write("a.html", steps: 25);
        Write("b.html", steps: 25);
        Assert.Equal(File.ReadAllBytes(folder["a.html"]), File.ReadAllBytes(folder["b.html"]));
    }

    [Fact]
    public void ManySteps_TakeBoundedRoom_AndLoseNothing()
    {
        var history = new RunHistory(capacity: 10);
        for (int step = 1; step <= 1003; step++) history.Add(new StepReport(step, step, 0.5, 2, 0, 1, step, 0, null, false));
        Assert.InRange(history.Count, 5, 10);
        Assert.Equal(1003, Enumerable.Range(0, history.Count).Sum(i => history[i].Steps));
        Assert.Equal(1003 * 1004 / 2, Enumerable.Range(0, history.Count).Sum(i => history[i].Loss));
        Assert.Equal(1003, history[history.Count - 1].Last);
        Assert.Equal((2.0, 1.0), (history[0].Rate, history[0].MeanNorm));
    }

    [Fact]
    public void ARunThatGoesOn_ShowsWhatWasBefore()
    {
        using (var log = new TrainingLog(folder["run.jsonl"]))
            for (int i = 1; i <= 9; i++) ((IRunReport)log).Step(Step(i));
        var report = new HtmlReport(folder["run.html"], log: folder["run.jsonl"]);
        report.Start(new RunDescription(trainer, 12, 6, "tokens", "loss", false));   // the checkpoint was of step 6
        for (int i = 7; i <= 12; i++) report.Step(Step(i));
        report.Finish(new RunResult(StopReason.Finished, 12, 0, 1, 0, 0, 0, null));
        JsonElement steps = Data(File.ReadAllText(folder["run.html"])).GetProperty("history").GetProperty("step");
        Assert.Equal(Enumerable.Range(1, 12), steps.EnumerateArray().Select(s => s.GetInt32()));
    }

    [Fact]
    public void WrongUse_IsRefused()
    {
        var report = new HtmlReport(folder["run.html"]);
        Assert.Throws<InvalidOperationException>(report.Write);
        Assert.Throws<ArgumentException>(() => report.AddImage("x", [1, 2, 3]));
    }

    public void Dispose()
    {
        trainer.Dispose();
        folder.Dispose();
    }

    static StepReport Step(int step) => new(step, 1f / step, 0.25, 100 * step, 0, step == 3 ? float.NaN : 2, 1e-3f, 0, null, false);

    void Write(string name, int steps)
    {
        var report = new HtmlReport(folder[name], "A <run>");
        report.Start(new RunDescription(trainer, steps, 0, "tokens", "loss", false));
        for (int i = 1; i <= steps; i++)
        {
            Metrics? metrics = i % 10 == 0 ? new() : null;
            metrics?.Add("loss", 1.0 / i);
            report.Step(Step(i) with { Metrics = metrics });
        }
        report.AddText("words", "</script><b>&");
        report.AddImage("picture", Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="));
        report.Finish(new RunResult(StopReason.Finished, steps, 1f / steps, steps * 0.25, 0, 0, 0, null));
    }

    static JsonElement Data(string page) =>
        JsonDocument.Parse(Regex.Match(page, @"<script type=""application/json"" id=""run"">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value).RootElement;
}
