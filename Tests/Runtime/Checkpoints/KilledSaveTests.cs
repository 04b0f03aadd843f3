using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using ModelCompiler.Tests.Runtime.Training;
using static ModelCompiler.Tests.Runtime.Training.TrainedRun;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>A process that trains and saves without pause is killed at random moments: the newest whole checkpoint loads and goes on with the same bits.</summary>
public sealed class KilledSaveTests : IDisposable
{
    /// <summary>Where the child saves to; how many are killed, for a run on demand: 200 instead of 25.</summary>
    const string Variable = "MODELCOMPILER_TRAIN_AND_SAVE_TO", Kills = "MODELCOMPILER_KILLS";

    const int MoreSteps = 5;

    readonly TemporaryFolder folder = new();

    [Fact]
    public void AtAnyMoment_TheNewestWholeCheckpointGoesOnBitForBit()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(Kills) ?? "25", CultureInfo.InvariantCulture);
        var random = new Random(5);
        string run = folder["run"];
        var checkpoints = new CheckpointFolder(run, keepLast: 2);
        using Trained.Trainer whole = Create(Of("AdamW"));
        int interrupted = 0, reached = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            ProcessStartInfo start = ChildProcess.With("--explicit", "only", "--filter-method", $"{typeof(KilledSaveTests).FullName}.{nameof(TrainAndSaveUntilKilled)}");
            start.Environment[Variable] = run;
            using (Process process = Process.Start(start)!)
            {
                var watch = Stopwatch.StartNew();
                int before = reached;
                while (!process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(60) && Latest(run) <= before) Thread.Sleep(1);
                Thread.Sleep(random.Next(40));
                process.Kill();
                process.WaitForExit();
                Assert.True(Latest(run) > before, process.StandardOutput.ReadToEnd());
            }
            if (Directory.GetDirectories(run, "*.tmp").Length > 0) interrupted++;
            Checkpoint newest = checkpoints.Newest ?? throw new InvalidOperationException("no whole checkpoint");
            Assert.True(newest.Step >= reached, $"{newest.Step} after {reached}");
            reached = newest.Step;
            using Trained.Trainer resumed = Create(Of("AdamW"), seed: 99);
            int position = BitConverter.ToInt32(resumed.Resume(newest.Path));
            Assert.Equal(newest.Step, position);
            while (whole.StepCount < position) Next(whole);
            Assert.Equal(Everything(whole), Everything(resumed));
            for (int i = 0; i < MoreSteps; i++) Next(resumed);
            using Trained.Trainer fresh = Create(Of("AdamW"));
            while (fresh.StepCount < position + MoreSteps) Next(fresh);
            Assert.Equal(Everything(fresh), Everything(resumed));
        }
        Assert.True(interrupted > 0, "no save was cut off: kill at other moments");
    }

    /// <summary>The step of the last checkpoint's name; 0 without one.</summary>
    static int Latest(string run) => !Directory.Exists(run) ? 0 : Directory.GetDirectories(run, "step-*").Select(Path.GetFileName)
        .Where(n => !n!.EndsWith(".tmp", StringComparison.Ordinal)).Select(n => int.Parse(n!.AsSpan(5, 10), CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    static void Next(Trained.Trainer trainer) => trainer.Step(Ids(trainer.StepCount), Labels(trainer.StepCount));

    /// <summary>Only for the processes that are killed: it goes on where the last one was.</summary>
    [Fact(Explicit = true)]
    public void TrainAndSaveUntilKilled()
    {
        string? run = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(run is null, "this is part of another test");
        var checkpoints = new CheckpointFolder(run, keepLast: 2);
        using Trained.Trainer trainer = Create(Of("AdamW"), threads: 1);
        if (checkpoints.Newest is { } newest) Assert.Equal(newest.Step, BitConverter.ToInt32(trainer.Resume(newest.Path)));
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            Next(trainer);
            checkpoints.Save(trainer, BitConverter.GetBytes(trainer.StepCount));
        }
        Assert.Fail("nobody has ended this process");
    }

    public void Dispose() => folder.Dispose();
}
