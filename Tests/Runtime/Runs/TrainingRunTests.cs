using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Diagnostics;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;
using static ModelCompiler.Tests.Runtime.Training.GptData;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>The loop: what it tells, when it validates and saves, why it stops, that it allocates nothing.</summary>
public sealed class TrainingRunTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly SmallGpt.Trainer trainer = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 5);
    readonly Recorder recorder = new();

    [Fact]
    public void ARun_DoesItsStepsAndTellsOfEach()
    {
        RunResult result = new TrainingRun(trainer, 7) { Reports = [recorder], ItemsPerStep = 48, Unit = "tokens" }.Train(Step);
        Assert.Equal((StopReason.Finished, 7, 7), (result.Reason, result.Step, trainer.StepCount));
        Assert.Equal(Enumerable.Range(1, 7), recorder.Steps.Select(s => s.Step));
        Assert.All(recorder.Steps, s => Assert.True(s.Loss > 0 && s.GradientNorm > 0 && s.Seconds > 0 && s.Rate > 0 && s.Metrics is null));
        Assert.Equal(recorder.Steps[^1].Loss, result.Loss);
        Assert.Equal(("tokens", 7, 0), (recorder.Run!.Unit, recorder.Run.Steps, recorder.Run.DoneSteps));
        Assert.Same(result, recorder.Result);
        Assert.True(result.FirstStepEnd > 0);
    }

    [Fact]
    public void ATrainerThatHasSteps_GoesOnWithTheNext()
    {
        for (int i = 0; i < 3; i++) Step();
        new TrainingRun(trainer, 5) { Reports = [recorder] }.Train(Step);
        Assert.Equal([4, 5], recorder.Steps.Select(s => s.Step));
        Assert.Equal(3, recorder.Run!.DoneSteps);
        Assert.Equal((StopReason.Finished, 5), new TrainingRun(trainer, 5).Train(() => throw new InvalidOperationException()) is var r ? (r.Reason, r.Step) : default);
    }

    [Fact]
    public void Epochs_AreTheirBatches()
    {
        using var batches = new BatchReader(new Data.Numbered(10), size: 4);
        int steps = 0;
        RunResult result = TrainingRun.OfEpochs(trainer, 2, batches).Train(() => { steps++; return Step(); });
        Assert.Equal((6, 6), (result.Step, steps));
    }

    [Fact]
    public void Validation_HappensInTime_AndItsBestIsKept()
    {
        double[] losses = [3, 2, 2.5, 1, double.NaN];
        int at = 0;
        var run = new TrainingRun(trainer, 10)
        {
            Reports = [recorder], ValidateEvery = 2, Validate = m => { m.Add("loss", losses[at++]); m.Add("accuracy", 0.5); },
            Checkpoints = new CheckpointFolder(folder["run"], keepLast: 2), CheckpointEvery = 3,
        };
        RunResult result = run.Train(Step);
        Assert.Equal([2, 4, 6, 8, 10], recorder.Steps.Where(s => s.Metrics is not null).Select(s => s.Step));
        Assert.Equal([2, 4, 8], recorder.Steps.Where(s => s.IsBest).Select(s => s.Step));
        Assert.Equal((8, 1.0), (result.BestStep, result.Best));
        Assert.Equal((8, 1.0), (result.BestCheckpoint!.Step, result.BestCheckpoint.Score));
        Assert.Equal([(8, 1.0), (9, null), (10, null)], run.Checkpoints.All.Select(c => (c.Step, c.Score)));
        Assert.Equal(8, run.Checkpoints.Best!.Step);
        string name = trainer.Weights.Names.First();
        using SmallGpt.Session best = SmallGpt.Load(run.Checkpoints.Best.ParametersPath, Device.Cpu), last = SmallGpt.Load(run.Checkpoints.Newest!.ParametersPath, Device.Cpu);
        Assert.NotEqual(trainer.Parameter(name).ToArray(), best.Weights[name].ToArray());
        Assert.Equal(trainer.Parameter(name).ToArray(), last.Weights[name].ToArray());
    }

    [Fact]
    public void ValidationThatNoLongerImproves_Stops()
    {
        double[] accuracies = [0.1, 0.4, 0.3, 0.4, 0.9];
        int at = 0;
        RunResult result = new TrainingRun(trainer, 50)
        {
            ValidateEvery = 1, Validate = m => m.Add("accuracy", accuracies[at++]), Monitor = "accuracy", HigherIsBetter = true, Patience = 2,
        }.Train(Step);
        Assert.Equal((StopReason.NoImprovement, 4, 2, 0.4), (result.Reason, result.Step, result.BestStep, result.Best));
    }

    [Fact]
    public void Stop_AndTheTimeLimit_EndAfterTheStepAtHand()
    {
        TrainingRun? run = null;
        int ended = 0;
        run = new TrainingRun(trainer, 1000)
        {
            Checkpoints = new CheckpointFolder(folder["stopped"]), AtEnd = _ => ended++,
        };
        RunResult stopped = run.Train(() =>
        {
            if (trainer.StepCount == 3) run.Stop();
            return Step();
        });
        Assert.Equal((StopReason.Stopped, 4, 1), (stopped.Reason, stopped.Step, ended));
        Assert.Equal(4, run.Checkpoints.Newest!.Step);
        RunResult over = new TrainingRun(trainer, 1000) { TimeLimit = TimeSpan.Zero, Checkpoints = new CheckpointFolder(folder["over"]) }.Train(Step);
        Assert.Equal((StopReason.TimeOver, 4), (over.Reason, over.Step));
        Assert.Null(new CheckpointFolder(folder["over"]).Newest);
    }

    [Fact]
    public void TheLastStep_IsValidatedToo()
    {
        new TrainingRun(trainer, 5) { Reports = [recorder], ValidateEvery = 3, Validate = m => m.Add("loss", 1) }.Train(Step);
        Assert.Equal([3, 5], recorder.Steps.Where(s => s.Metrics is not null).Select(s => s.Step));
    }

    /// <summary>Its best would stay the best of the new run, too.</summary>
    [Fact]
    public void AnotherRunsFolder_IsRefused_UnlessItIsResumed()
    {
        new TrainingRun(trainer, 2) { Checkpoints = new CheckpointFolder(folder["run"]) }.Train(Step);
        using SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 6);
        var run = new TrainingRun(other, 4) { Checkpoints = new CheckpointFolder(folder["run"]) };
        string message = Assert.Throws<InvalidOperationException>(() => run.Train(() => other.Step(Ids, Targets, B, T))).Message;
        Assert.Contains("holds checkpoints of another run, up to step 2", message, StringComparison.Ordinal);
        Assert.Equal(0, other.StepCount);
        Assert.True(run.Resume());
        Assert.Equal(4, run.Train(() => other.Step(Ids, Targets, B, T)).Step);
    }

    /// <summary>Without the reader the data would begin again, silently.</summary>
    [Fact]
    public void APositionInTheData_NeedsItsReader()
    {
        using var batches = new BatchReader(new Data.Numbered(10), size: 4);
        new TrainingRun(trainer, 2) { Checkpoints = new CheckpointFolder(folder["run"]), Batches = batches }.Train(Step);
        using SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 5);
        var run = new TrainingRun(other, 4) { Checkpoints = new CheckpointFolder(folder["run"]) };
        Assert.Contains("Set Batches", Assert.Throws<CheckpointException>(() => run.Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherSettings_MayBeAccepted()
    {
        trainer.Schedule = new CosineSchedule(1e-3f, steps: 4);
        new TrainingRun(trainer, 4) { Checkpoints = new CheckpointFolder(folder["run"]) }.Train(Step);
        using SmallGpt.Trainer longer = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 5);
        longer.Schedule = new CosineSchedule(1e-3f, steps: 8);
        var run = new TrainingRun(longer, 8) { Checkpoints = new CheckpointFolder(folder["run"]) };
        Assert.Contains("acceptOtherSettings", Assert.Throws<CheckpointException>(() => run.Resume()).Message, StringComparison.Ordinal);
        Assert.True(run.Resume(acceptOtherSettings: true));
        Assert.Equal(4, longer.StepCount);
    }

    /// <summary>Steps that a run does again stand in its log once.</summary>
    [Fact]
    public void ALogThatGoesOn_LosesTheStepsThatAreDoneAgain()
    {
        string path = folder["run.jsonl"];
        var kept = new CheckpointFolder(folder["run"]);
        using (var log = new TrainingLog(path))
            new TrainingRun(trainer, 3) { Checkpoints = kept, Reports = [log] }.Train(Step);
        using (var log = new TrainingLog(path, append: true)) log.Step(4, 1, 1, 1, 0, 1, 1);       // and then it was killed
        using SmallGpt.Trainer other = SmallGpt.CreateTrainer(Device.Cpu, Adam, seed: 5);
        var run = new TrainingRun(other, 5) { Checkpoints = kept, Reports = [new TrainingLog(path, append: true)] };
        Assert.True(run.Resume());
        run.Train(() => other.Step(Ids, Targets, B, T));
        ((TrainingLog)run.Reports[0]).Dispose();
        Assert.Equal(["1", "2", "3", "4", "5"], File.ReadLines(path).Select(l => l.Split(':', ',')[1]));
    }

    /// <summary>Interrupted after step 5 of 12 and resumed by another trainer and reader: the losses, figures and decisions of a run that was not.</summary>
    [Fact]
    public void AResumedRun_IsTheRunThatWasNotInterrupted()
    {
        Recorder whole = new(), first = new(), second = new();
        RunResult expected = Resumable(whole, "whole", int.MaxValue, out _);
        RunResult interrupted = Resumable(first, "parts", stopAfter: 5, out bool hasResumed);
        Assert.Equal((StopReason.Stopped, 5, false), (interrupted.Reason, interrupted.Step, hasResumed));
        RunResult resumed = Resumable(second, "parts", int.MaxValue, out hasResumed);
        Assert.True(hasResumed);
        Assert.Equal([.. whole.Steps.Select(s => (s.Step, s.Loss, s.GradientNorm, s.LearningRate, s.IsBest))],
            first.Steps.Concat(second.Steps).Select(s => (s.Step, s.Loss, s.GradientNorm, s.LearningRate, s.IsBest)));
        Assert.Equal((expected.Reason, expected.Best, expected.BestStep), (resumed.Reason, resumed.Best, resumed.BestStep));
        Assert.Equal(StopReason.NoImprovement, resumed.Reason);
    }

    RunResult Resumable(Recorder reports, string name, int stopAfter, out bool hasResumed)
    {
        using SmallGpt.Trainer own = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 5);
        own.Schedule = new CosineSchedule(1e-2f, 12, warmUp: 2);
        byte[] text = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * i % 17))];
        using var batches = new BatchReader(new TextWindows("text", text, T), B, seed: 3);
        TrainingRun? run = null;
        run = new TrainingRun(own, 12)
        {
            Reports = [reports], Batches = batches, Checkpoints = new CheckpointFolder(folder[name]), CheckpointEvery = 4,
            // The best is step 4; patience ends with step 10, wherever the run was interrupted.
            ValidateEvery = 2, Validate = m => m.Add("loss", own.StepCount == 4 ? 1 : 2), Patience = 3,
        };
        hasResumed = run.Resume();
        return run.Train(() =>
        {
            Batch batch = batches.Next();
            if (own.StepCount + 1 == stopAfter) run.Stop();
            return own.Step(batch.Ids, batch.Labels, B: batch.Rows, T: T);
        });
    }

    [Fact]
    public void ResumingElsewhere_SaysWhatDiffers()
    {
        Resumable(recorder, "run", stopAfter: 3, out _);
        using var others = new BatchReader(new Data.Numbered(10), size: 4);
        trainer.Schedule = new CosineSchedule(1e-2f, 12, warmUp: 2);
        Assert.Contains("length=288", Assert.Throws<ArgumentException>(() =>
            new TrainingRun(trainer, 9) { Checkpoints = new CheckpointFolder(folder["run"]), Batches = others }.Resume()).Message, StringComparison.Ordinal);
        new CheckpointFolder(folder["other"]).Save(trainer, "something"u8);
        Assert.Contains("\"something\"", Assert.Throws<CheckpointException>(() =>
            new TrainingRun(trainer, 9) { Checkpoints = new CheckpointFolder(folder["other"]) }.Resume()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new TrainingRun(trainer, 9).Resume());
        Assert.Throws<InvalidOperationException>(() => new TrainingRun(trainer, 9)
        {
            ValidateEvery = 1, Validate = m => m.Add("loss", 1), HigherIsBetter = true, Checkpoints = new CheckpointFolder(folder["new"]),
        }.Train(Step));
    }

    [Fact]
    public void AFailingStep_ReachesTheCallerAfterTheReports()
    {
        int ended = 0;
        var run = new TrainingRun(trainer, 10) { Reports = [recorder], AtEnd = _ => ended++ };
        Assert.Equal("broken", Assert.Throws<ArithmeticException>(() => run.Train(() => trainer.StepCount == 2 ? throw new ArithmeticException("broken") : Step())).Message);
        Assert.Equal((StopReason.Failed, 2, 0), (recorder.Result!.Reason, recorder.Steps.Count, ended));
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingRun(trainer, 0));
        Assert.Throws<InvalidOperationException>(() => new TrainingRun(trainer, 3) { ValidateEvery = 2 }.Train(Step));
        Assert.Throws<InvalidOperationException>(() => new TrainingRun(trainer, 3) { Patience = 2 }.Train(Step));
        Assert.Contains("no metric named loss", Assert.Throws<InvalidOperationException>(() =>
            new TrainingRun(trainer, 3) { ValidateEvery = 1, Validate = m => m.Add("accuracy", 1) }.Train(Step)).Message, StringComparison.Ordinal);
        var metrics = new Metrics();
        metrics.Add("loss", 1);
        Assert.Throws<ArgumentException>(() => metrics.Add("loss", 2));
        Assert.Throws<ArgumentException>(() => metrics.Add("top 5", 2));
    }

    [Fact]
    public void AThousandSteps_WithReports_AllocateNothing() => Assert.Equal(0, Allocations.Least(() =>
    {
        using SmallGpt.Trainer fresh = SmallGpt.CreateTrainer(Device.Cpu.WithThreads(2), Adam, seed: 5);
        using var log = new TrainingLog(folder["run.jsonl"]);
        using var board = new ModelCompiler.Runtime.TensorBoard.TensorBoardLog(folder["board"]);
        using var meter = new TrainingMeter();
        // Without the console: it formats a line now and then, and the first tier of the just-in-time compiler boxes numbers.
        long before = 0, after = 0;
        int steps = 0;
        // Between the end of step 100 and the start of step 1,100: the loop and the reports, with the steps themselves.
        new TrainingRun(fresh, 1100) { Reports = [log, board, meter, new HtmlReport(folder["run.html"])] }.Train(() =>
        {
            if (++steps == 101) before = GC.GetAllocatedBytesForCurrentThread();
            if (steps == 1100) after = GC.GetAllocatedBytesForCurrentThread();
            return fresh.Step(Ids, Targets, B, T);
        });
        Assert.Equal(1100, File.ReadLines(folder["run.jsonl"]).Count());
        return after - before;
    }));

    public void Dispose()
    {
        trainer.Dispose();
        folder.Dispose();
    }

    float Step() => trainer.Step(Ids, Targets, B, T);
}
