using System;
using System.Collections.Generic;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.Training;

namespace Samples.Shared;

/// <summary>Where a run's course goes, as the command line asks for.</summary>
sealed class RunOutputs : IDisposable
{
    readonly ConsoleProgress progress = new();
    readonly TrainingMeter meter = new();

    /// <summary>
    /// Opens the log: memory is measured against this moment, so data comes before and the model after.
    /// </summary>
    public RunOutputs(TrainingOptions options, string title)
    {
        Log = options.Log is null ? null : new TrainingLog(options.Log, append: options.Resume);
        Page = options.Report is null ? null : new HtmlReport(options.Report, title, options.Log);
        List<IRunReport> all = [progress, meter];
        if (Log is not null) all.Add(Log);
        if (Page is not null) all.Add(Page);
        Reports = all;
        Checkpoints = options.Checkpoints is null ? null : new CheckpointFolder(options.Checkpoints);
    }

    /// <summary>For <see cref="TrainingRun.Reports"/>.</summary>
    public IReadOnlyList<IRunReport> Reports { get; }

    /// <summary>JSON lines, or null.</summary>
    public TrainingLog? Log { get; }

    /// <summary>The page, or null.</summary>
    public HtmlReport? Page { get; }

    /// <summary>For <see cref="TrainingRun.Checkpoints"/>.</summary>
    public CheckpointFolder? Checkpoints { get; }

    /// <summary>Prints what kernels took, and shows it on the page.</summary>
    public void Add(KernelProfile? profile, ModelTrainer trainer)
    {
        if (profile is null) return;
        profile.ToTable(trainer).Write(Console.Out);
        Page?.AddProfile(profile);
    }

    /// <summary>Writes the page once more, with what was added after training, and closes all.</summary>
    public void Dispose()
    {
        progress.Dispose();
        meter.Dispose();
        Log?.Dispose();
    }
}
