using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Samples;

/// <summary>The samples as programs: what they print, what they log, how they refuse.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task CharGpt_TrainsLogsSavesAndWrites()
    {
        using var folder = new TemporaryFolder();
        string log = folder["run.jsonl"], weights = folder["gpt.safetensors"];
        Command run = (await Built.Run("CharGpt", "--steps", "4", "--threads", "2", "--log", log, "--out", weights)).Succeeded();
        Assert.Contains("nats per character on the last tenth", run.Output, StringComparison.Ordinal);
        Assert.Contains("counts of 5 characters", run.Output, StringComparison.Ordinal);
        Assert.Contains("bzip2", run.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(weights).Length > 813_824 * 4);
        AssertLog(log, steps: 4);
    }

    [Fact]
    public async Task Digits_LearnsDigits()
    {
        using var folder = new TemporaryFolder();
        string log = folder["run.jsonl"];
        Command run = (await Built.Run("Digits", "--log", log)).Succeeded();
        Assert.Contains("nearest centroid", run.Output, StringComparison.OrdinalIgnoreCase);
        double[] losses = [.. File.ReadLines(log).SkipLast(1).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble())];
        Assert.InRange(losses[^100..].Average(), 0, 0.1);
    }

    /// <summary>A short run: the figure of a whole one is in the sample's README.</summary>
    [Fact]
    public async Task Digits_LearnsByConvolutions()
    {
        using var folder = new TemporaryFolder();
        string log = folder["run.jsonl"];
        Command run = (await Built.Run("Digits", "--model", "conv", "--steps", "200", "--log", log)).Succeeded();
        Assert.Contains("DigitConvNet", run.Output, StringComparison.Ordinal);
        double[] losses = [.. File.ReadLines(log).SkipLast(1).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble())];
        Assert.InRange(losses[^20..].Average(), 0, 0.3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Threads_DoNotChangeALoss(int threads)
    {
        using var folder = new TemporaryFolder();
        double[][] losses = new double[2][];
        int[] counts = [2, threads];
        for (int i = 0; i < 2; i++)
        {
            string log = folder[$"{i}.jsonl"];
            (await Built.Run("Digits", "--steps", "300", "--seed", "11", "--threads", $"{counts[i]}", "--log", log)).Succeeded();
            losses[i] = [.. File.ReadLines(log).SkipLast(1).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble())];
        }
        Assert.Equal(300, losses[0].Length);
        Assert.Equal(losses[0], losses[1]);
    }

    [Fact]
    public async Task Lstm_TrainsValidatesAndShowsItsRun()
    {
        using var folder = new TemporaryFolder();
        string log = folder["run.jsonl"], page = folder["run.html"];
        Command run = (await Built.Run("Lstm", "--steps", "3", "--threads", "2", "--log", log, "--report", page, "--profile")).Succeeded();
        Assert.Contains("counts of 5 characters", run.Output, StringComparison.Ordinal);
        Assert.Contains("of it in kernels", run.Output, StringComparison.Ordinal);
        AssertLog(log, steps: 3);
        string text = File.ReadAllText(page);
        Assert.Contains("Continues", text, StringComparison.Ordinal);
        Assert.Contains("\"profile\"", text, StringComparison.Ordinal);
    }

    /// <summary>Ctrl-C once: the step at hand is finished, everything is saved, the exit code is that of success.</summary>
    [Fact]
    public async Task CtrlC_SavesAndExits()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent by kill");
        using var folder = new TemporaryFolder();
        string log = folder["run.jsonl"], weights = folder["digits.safetensors"];
        Task<Command> running = Built.Run("Digits", "--steps", "2000000000", "--threads", "1", "--log", log, "--out", weights, "--checkpoints", folder["run"]);
        for (int i = 0; i < 600 && (!File.Exists(log) || new FileInfo(log).Length < 10_000); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(new FileInfo(log).Length >= 10_000);
        int id = Process.GetProcessesByName("dotnet").Single(p => CommandLine(p).Contains(log, StringComparison.Ordinal)).Id;
        using (Process kill = Process.Start("kill", ["-INT", $"{id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Command run = (await running).Succeeded();
        Assert.Matches(@"stopped after \d+ of 2000000000 steps", run.Output);
        Assert.DoesNotContain("accuracy", run.Output, StringComparison.Ordinal);
        int steps = File.ReadLines(log).Count();
        Assert.Contains($"stopped after {steps} of", run.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(weights).Length > 2410 * 4);
        string[] checkpoints = Directory.GetDirectories(folder["run"]);
        Assert.EndsWith($"{steps:D10}", checkpoints.Order(StringComparer.Ordinal).Last(), StringComparison.Ordinal);
    }

    static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";   // ended meanwhile
        }
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--report", "")]
    [InlineData("--steps", "0")]
    [InlineData("--steps", "many")]
    [InlineData("--threads", "-1")]
    [InlineData("--unknown", "1")]
    [InlineData("--model", "transformer")]
    public async Task WrongArguments_AreRefusedWithExitCode2(string option, string value)
    {
        Command run = await Built.Run("Digits", option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Errors + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Benchmark_PrintsOneLineOfItsFigures()
    {
        Command run = (await Built.Run("ModelCompiler.Benchmarks", "train", "--model", "mlp", "--threads", "1", "--steps", "2000")).Succeeded();
        JsonElement figures = JsonDocument.Parse(Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(("mlp", 1, 0.0), (figures.GetProperty("model").GetString(), figures.GetProperty("threads").GetInt32(),
            figures.GetProperty("allocated_bytes_per_step").GetDouble()));
        foreach (string positive in new[] { "median_s", "tokens_per_second", "planned_bytes", "fma_peak_gflops" })
            Assert.True(figures.GetProperty(positive).GetDouble() > 0, positive);
    }

    static void AssertLog(string path, int steps)
    {
        JsonElement[] lines = [.. File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(steps + 1, lines.Length);
        for (int i = 0; i < steps; i++)
        {
            string[] figures = ["step", "loss", "step_ms", "tokens_per_second", "allocated_bytes", "grad_norm", "lr"];
            // The last step is validated.
            if (i == steps - 1) figures = [.. figures, "val_loss"];
            Assert.Equal(figures, lines[i].EnumerateObject().Select(p => p.Name));
            Assert.Equal(i + 1, lines[i].GetProperty("step").GetInt32());
        }
        // In the first step the just-in-time compiler is at work; later the runtime may grow a table of its own, once.
        Assert.InRange(lines[1..steps].Count(l => l.GetProperty("allocated_bytes").GetInt64() != 0), 0, 1);
        Assert.Equal(["final", "val_loss", "parameters", "planned_bytes", "peak_rss_bytes", "baseline_rss_bytes"], lines[^1].EnumerateObject().Select(p => p.Name));
        Assert.True(lines[^1].GetProperty("final").GetBoolean());
    }
}
