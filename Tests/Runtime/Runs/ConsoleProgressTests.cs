using System;
using System.IO;
using System.Linq;
using System.Text;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>What is shown: lines that stay where the output is a file, one that renews itself on a terminal.</summary>
public sealed class ConsoleProgressTests
{
    [Fact]
    public void AFile_GetsPlainLines()
    {
        string[] lines = Shown(terminal: false).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["step 1/3  loss 2.0000  50 tokens/s  lr 1.0E-003  4 s left", "step 2  validation  loss 1.5000  best so far",
            "step 2/3  loss 2.1000  55 tokens/s  lr 1.0E-003  2 min left", "stopped after 2 of 3 steps; best after step 2: 1.5000"], lines);
        Assert.DoesNotContain('\e', string.Concat(lines));
    }

    [Fact]
    public void ATerminal_GetsALineThatRenewsItself()
    {
        string shown = Shown(terminal: true);
        Assert.StartsWith("\r[########................] step 1/3", shown, StringComparison.Ordinal);
        Assert.Contains("\rstep 2  validation  loss 1.5000  best so far\e[K\n", shown, StringComparison.Ordinal);
        Assert.EndsWith("\nstopped after 2 of 3 steps; best after step 2: 1.5000\e[K\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void HundredsOfMetrics_CutTheLineNotTheRun()
    {
        var output = new MemoryStream();
        using var progress = new ConsoleProgress(output, terminal: true);
        var metrics = new Metrics();
        for (int i = 0; i < 300; i++) metrics.Add($"metric_number_{i}", i);
        progress.Step(new StepReport(1, 2, 1, 50, 0, 1, 1e-3f, 4, metrics, false));
        Assert.True(output.Length is > 800 and < 3000);
    }

    static string Shown(bool terminal)
    {
        using SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 1);
        var output = new MemoryStream();
        using (var progress = new ConsoleProgress(output, terminal))
        {
            progress.Start(new RunDescription(trainer, 3, 0, "tokens", "loss", false));
            progress.Step(new StepReport(1, 2, 1, 50, 0, 1, 1e-3f, 4, null, false));
            var metrics = new Metrics();
            metrics.Add("loss", 1.5);
            progress.Step(new StepReport(2, 3, 1, 100, 0, 1, 1e-3f, 120, metrics, true));
            progress.Finish(new RunResult(StopReason.Stopped, 2, 3, 2, 0, 2, 1.5, metrics));
        }
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
