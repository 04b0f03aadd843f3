namespace ModelCompiler.Runtime.Runs;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>Ctrl-C or SIGTERM, or <see cref="TrainingRun.Stop"/>.</summary>
    Stopped,

    /// <summary>The time it was given is over.</summary>
    TimeOver,

    /// <summary>Validation has not improved for as long as patience lasts.</summary>
    NoImprovement,

    /// <summary>A step or a validation threw; the exception went on to the caller.</summary>
    Failed,
}
