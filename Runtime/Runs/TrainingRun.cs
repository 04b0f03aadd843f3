using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ModelCompiler.Runtime.Checkpoints;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// The loop around a trainer's steps: validation, checkpoints, reports, and the reasons to stop. Ctrl-C
/// ends it after the step at hand, with a checkpoint; a second Ctrl-C ends the process at once.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: a step without validation allocates nothing, if the step does not.</para>
/// <para><b>Errors</b>: what a step throws goes on to the caller, after the reports have been finished.</para>
/// </remarks>
/// <example><code>
/// var run = new TrainingRun(trainer, steps: 3000)
/// {
///     ItemsPerStep = 32, Unit = "images",
///     ValidateEvery = 500, Validate = metrics =&gt; metrics.Add("loss", validation.Loss()), Patience = 5,
///     Checkpoints = new CheckpointFolder("run"), CheckpointEvery = 500, Batches = batches,
///     Reports = [new ConsoleProgress(), log],
/// };
/// run.Resume();   // from the newest checkpoint, if there is one
/// RunResult result = run.Train(() =&gt;
/// {
///     Batch batch = batches.Next();
///     return trainer.Step(batch.Features, batch.Labels, B: batch.Rows);
/// });
/// </code></example>
public sealed class TrainingRun
{
    readonly ModelTrainer trainer;
    readonly int steps;
    volatile bool stopRequested;
    int bestStep, validationsSinceBest, savedStep;
    Checkpoint? bestCheckpoint;
    double best;
    Metrics? metrics;

    /// <summary>Trains for a number of steps.</summary>
    /// <param name="trainer">Steps it has done before count: the run goes on with the next one.</param>
    /// <param name="steps">The number of the last step; at least 1. A schedule of the rate is the
    /// trainer's.</param>
    public TrainingRun(ModelTrainer trainer, int steps)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (this.trainer, this.steps) = (trainer, steps);
    }

    /// <summary>Trains for a number of passes over a data set.</summary>
    /// <param name="trainer">Steps it has done before count.</param>
    /// <param name="epochs">Passes; at least 1.</param>
    /// <param name="batches">What the steps will read.</param>
    public static TrainingRun OfEpochs(ModelTrainer trainer, int epochs, BatchReader batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return new TrainingRun(trainer, checked(epochs * batches.BatchesPerEpoch));
    }

    /// <summary>What a step goes through, for the rate; it may change from step to step.</summary>
    public int ItemsPerStep { get; set; } = 1;

    /// <summary>What <see cref="ItemsPerStep"/> counts, such as "characters".</summary>
    public string Unit { get; init; } = "items";

    /// <summary>Steps from one validation to the next; 0 for none. The last step is validated, too.</summary>
    public int ValidateEvery { get; init; }

    /// <summary>Measures the model on examples it is not trained on.</summary>
    public Action<Metrics>? Validate { get; init; }

    /// <summary>The metric that decides which checkpoint is best and when to stop.</summary>
    public string Monitor { get; init; } = "loss";

    /// <summary>Whether that metric is to grow, such as an accuracy.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>Validations in a row that may fail to improve before the run stops; 0 for any number.</summary>
    public int Patience { get; init; }

    /// <summary>How long the run may take; the step at hand is finished.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>
    /// Where checkpoints go: after every <see cref="CheckpointEvery"/> steps, after each validation that is the best so
    /// far, and when the run ends; null for nowhere.
    /// </summary>
    public CheckpointFolder? Checkpoints { get; init; }

    /// <summary>Steps from one checkpoint to the next; 0 for the best and the last only.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>What the steps read: checkpoints hold its position, and a resumed run goes on there.</summary>
    public BatchReader? Batches { get; init; }

    /// <summary>Who is told of each step.</summary>
    public IReadOnlyList<IRunReport> Reports { get; init; } = [];

    /// <summary>Measures the kernels of each step; null for none.</summary>
    public Diagnostics.KernelProfile? Profile { get; init; }

    /// <summary>Whether Ctrl-C and SIGTERM stop the run; otherwise they end the process as ever.</summary>
    public bool StopsOnSignal { get; init; } = true;

    /// <summary>
    /// What is done after the last step, but for a failed one, while a first Ctrl-C still waits for it.
    /// </summary>
    public Action<RunResult>? AtEnd { get; init; }

    /// <summary>Asks the run to stop after the step at hand. Any thread may.</summary>
    public void Stop() => stopRequested = true;

    /// <summary>
    /// Goes on from the newest whole checkpoint: parameters, optimizer state, step, place in the data, and how
    /// validation went. What follows has the same bits as in a run that was never interrupted.
    /// </summary>
    /// <param name="acceptOtherSettings">
    /// Whether the optimizer and the schedule may have other settings than the checkpoint's, as in a run that is to
    /// go on for longer.
    /// </param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="CheckpointException">
    /// It is of another model, optimizer or settings: the message says what differs.
    /// </exception>
    /// <exception cref="ArgumentException">It is of other data.</exception>
    /// <exception cref="InvalidOperationException">The run has no folder of checkpoints.</exception>
    public bool Resume(bool acceptOtherSettings = false)
    {
        if (Checkpoints is null)
            throw new InvalidOperationException("There is nothing to resume from: the run has no Checkpoints.");
        if (Checkpoints.Newest is not { } newest) return false;
        RunState state = RunState.Parse(newest.Path,
            trainer.Resume(newest.Path, acceptOtherSettings: acceptOtherSettings));
        (best, bestStep, validationsSinceBest) = (state.Best, state.BestStep, state.SinceBest);
        bestCheckpoint = bestStep > 0 ? Checkpoints.Best : null;
        if (Batches is null && state.Position is not null)
            throw new CheckpointException(newest.Path,
                "it holds a position in the data, and this run has no Batches to go on there: it would begin the " +
                "data again. Set Batches.");
        if (Batches is null) return true;
        if (state.Position is not { } position)
            throw new CheckpointException(newest.Path,
                "it holds no position in the data: the run that saved it had no Batches. Leave them out here, too.");
        Batches.Resume(position);
        return true;
    }

    /// <summary>Runs the steps.</summary>
    /// <param name="step">One step, with reading its batch; returns the loss. Called on this thread.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="InvalidOperationException">
    /// Validation is asked for and there is none, or it does not have the metric to go by; or the folder of checkpoints
    /// is another run's.
    /// </exception>
    public RunResult Train(Func<float> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        trainer.Synchronize();      // a step before the run may turn out to be none
        pending = null;
        if ((ValidateEvery > 0) != (Validate is not null) || Patience > 0 && Validate is null)
            throw new InvalidOperationException(
                $"ValidateEvery is {ValidateEvery} and Validate is {(Validate is null ? "not " : "")}given; patience " +
                $"is {Patience}. Give both or neither; patience needs them.");
        if (Checkpoints is { } folder && Validate is not null && folder.LowerIsBetter == HigherIsBetter)
            throw new InvalidOperationException(
                $"HigherIsBetter is {HigherIsBetter}, and so is lowerIsBetter of the folder of checkpoints, which " +
                "would keep the worst. Make the folder with the other value.");
        if (trainer.StepCount == 0 && Checkpoints?.All is [.., { } other])
            throw new InvalidOperationException(
                $"{Checkpoints.Path} holds checkpoints of another run, up to step {other.Step}, whose best would " +
                "stay the best. Call Resume() to go on with that run, or choose another folder, or remove this one.");
        var run = new RunDescription(trainer, steps, trainer.StepCount, Unit, Monitor, HigherIsBetter);
        foreach (IRunReport report in Reports) report.Start(run);
        using StopSignal? signal = StopsOnSignal ? new StopSignal() : null;
        long start = Stopwatch.GetTimestamp();
        savedStep = trainer.StepCount;
        RunResult result = new(StopReason.Failed, trainer.StepCount, float.NaN, 0, 0, 0, 0, null);
        ExceptionDispatchInfo? failure = null;
        try
        {
            result = Loop(step, run, signal, start, ref result);
            if (result.Step > run.DoneSteps && savedStep != result.Step) Save(result.Step, null);
        }
        catch (Exception problem)
        {
            failure = ExceptionDispatchInfo.Capture(problem);
            result = result with { Reason = StopReason.Failed };
        }
        result = result with
        {
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, BestStep = bestStep, Best = best, Metrics = metrics,
            BestCheckpoint = bestCheckpoint,
        };
        foreach (IRunReport report in Reports) report.Finish(result);
        if (failure is null) AtEnd?.Invoke(result);
        failure?.Throw();
        return result;
    }

    RunResult Loop(Func<float> step, RunDescription run, StopSignal? signal, long start, ref RunResult result)
    {
        StopReason reason = StopReason.Finished;
        float loss = float.NaN;
        long firstEnd = 0;
        int number = run.DoneSteps;
        while (number < steps)
        {
            if (stopRequested || signal is { Requested: true }) reason = StopReason.Stopped;
            else if (TimeLimit is { } limit && Stopwatch.GetElapsedTime(start) >= limit) reason = StopReason.TimeOver;
            if (reason != StopReason.Finished) break;
            number++;
            long before = Stopwatch.GetTimestamp(), allocated = trainer.AllocatedBytes;
            int skipped = trainer.SkippedSteps;
            float scale = trainer.LossScale;
            loss = Profile is { } profile ? Measured(step, profile) : step();
            allocated = trainer.AllocatedBytes - allocated;
            long after = Stopwatch.GetTimestamp();
            if (firstEnd == 0)
            {
                firstEnd = after;
                result = result with { FirstStepEnd = after };
            }
            bool isLate = trainer.IsBehind;
            int skips = trainer.SkippedSteps - skipped;
            number -= skips;
            if (pending is not null && skips-- == 0) ReportLate(loss);
            pending = null;
            // Nothing has changed but the scale of the loss: the step is done again, with the next batch.
            if (skips > 0) continue;
            bool isMeasured = ValidateEvery > 0 && (number % ValidateEvery == 0 || number == steps);
            bool isSaved = number == steps || CheckpointEvery > 0 && number % CheckpointEvery == 0;
            if (isLate)
            {
                (skipped, scale) = (trainer.SkippedSteps, trainer.LossScale);
                if (isMeasured || isSaved)
                {
                    (loss, isLate) = (trainer.Synchronize(), false);
                    number -= trainer.SkippedSteps - skipped;
                    if (trainer.SkippedSteps > skipped) continue;
                }
            }
            Metrics? measured = isMeasured ? Measure() : null;
            bool isBest = measured is not null && IsBest(measured, number);
            double seconds = Stopwatch.GetElapsedTime(before, after).TotalSeconds;
            var report = new StepReport(number, loss, seconds, ItemsPerStep / seconds, allocated, trainer.GradientNorm,
                trainer.LearningRate, Left(start, number - run.DoneSteps, steps - number), measured, isBest)
            {
                LossScale = scale, SkippedSteps = skipped,
            };
            if (isLate) pending = report;
            else Report(report);
            if (isBest || CheckpointEvery > 0 && number % CheckpointEvery == 0) Save(number, measured);
            if (Patience > 0 && validationsSinceBest >= Patience) reason = StopReason.NoImprovement;
            if (reason != StopReason.Finished) break;
        }
        if (pending is not null) Settle(ref number, ref loss);
        return new RunResult(reason, number, loss, 0, firstEnd, 0, 0, null);
    }

    void Report(in StepReport report)
    {
        // By index: the enumerator of an interface is allocated.
        for (int i = 0; i < Reports.Count; i++) Reports[i].Step(report);
    }

    /// <summary>
    /// A device of CUDA says with a step what has become of the one before: its loss, and whether it was skipped. A
    /// step is reported then, or when the device is waited for anyway.
    /// </summary>
    StepReport? pending;

    void ReportLate(float loss) =>
        Report(pending!.Value with { Loss = loss, GradientNorm = trainer.GradientNorm });

    /// <summary>Waits for the step that has not been reported, and reports it unless it was skipped.</summary>
    void Settle(ref int number, ref float loss)
    {
        int skipped = trainer.SkippedSteps;
        float last = trainer.Synchronize();
        number -= trainer.SkippedSteps - skipped;
        if (trainer.SkippedSteps == skipped) ReportLate(loss = last);
        pending = null;
    }

    void Save(int step, Metrics? measured)
    {
        if (Checkpoints is null) return;
        double? score = measured is not null && measured.TryGet(Monitor, out double value) ? value : null;
        var state = new RunState(best, bestStep, validationsSinceBest, Batches?.Position);
        Checkpoint saved = Checkpoints.Save(trainer, state.ToBytes(), score);
        if (bestStep == step) bestCheckpoint = saved;
        savedStep = step;
    }

    static float Measured(Func<float> step, Diagnostics.KernelProfile profile)
    {
        using (profile.Step()) return step();
    }

    Metrics Measure()
    {
        metrics = new Metrics();
        Validate!(metrics);
        return metrics;
    }

    bool IsBest(Metrics measured, int step)
    {
        if (!measured.TryGet(Monitor, out double value))
            throw new InvalidOperationException(
                $"Validation gave no metric named {Monitor}, which the run goes by. Add it, or set Monitor.");
        bool improves = double.IsFinite(value) && (bestStep == 0 || (HigherIsBetter ? value > best : value < best));
        validationsSinceBest = improves ? 0 : validationsSinceBest + 1;
        if (improves) (best, bestStep) = (value, step);
        return improves;
    }

    double Left(long start, int done, int left)
    {
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds, pace = elapsed / done * left;
        return TimeLimit is { } limit ? Math.Max(0, Math.Min(pace, limit.TotalSeconds - elapsed)) : pace;
    }
}
