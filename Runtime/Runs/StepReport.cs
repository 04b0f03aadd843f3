namespace ModelCompiler.Runtime.Runs;

/// <summary>What is known after a step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Before the update.</param>
/// <param name="Seconds">The step took, with reading its batch.</param>
/// <param name="Rate">Items a second in it.</param>
/// <param name="AllocatedBytes">On the managed heap in this step, by the caller and workers.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="LearningRate">Of this step.</param>
/// <param name="SecondsLeft">Until the last step, at the pace so far, or until the time is over.</param>
/// <param name="Metrics">Of the validation after it; null where there was none.</param>
/// <param name="IsBest">Whether that validation is the best so far.</param>
public readonly record struct StepReport(
    int Step, float Loss, double Seconds, double Rate, long AllocatedBytes, float GradientNorm, float LearningRate,
    double SecondsLeft, Metrics? Metrics, bool IsBest)
{
    /// <summary>What the loss was multiplied by; 1 where gradients are not of 16 bits that need it.</summary>
    public float LossScale { get; init; } = 1;

    /// <summary>Steps so far in which a gradient overflowed; they are not counted in <see cref="Step"/>.</summary>
    public int SkippedSteps { get; init; }
}
