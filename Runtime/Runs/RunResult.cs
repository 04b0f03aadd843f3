namespace ModelCompiler.Runtime.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Step">The number of the last step that was done.</param>
/// <param name="Loss">Of that step; NaN where none was done.</param>
/// <param name="Seconds">From the first step on, validation and checkpoints among them.</param>
/// <param name="FirstStepEnd">
/// When the first step was done, from <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>; 0 where none was.
/// </param>
/// <param name="BestStep">After which step the monitored metric was best; 0 where nothing was validated.</param>
/// <param name="Best">The metric then.</param>
/// <param name="Metrics">Of the last validation; null where there was none.</param>
public sealed record RunResult(
    StopReason Reason, int Step, float Loss, double Seconds, long FirstStepEnd, int BestStep, double Best,
    Metrics? Metrics)
{
    /// <summary>
    /// The checkpoint of <see cref="BestStep"/>; null where nothing was validated or the run keeps no checkpoints.
    /// After early stopping the trainer has the last weights: load <see cref="Checkpoints.Checkpoint.ParametersPath"/>
    /// of this one to have the best.
    /// </summary>
    public Checkpoints.Checkpoint? BestCheckpoint { get; init; }
}
