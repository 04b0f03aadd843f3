using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Runs;

/// <summary>What a report knows of a run before its first step.</summary>
/// <param name="Trainer">Of the model.</param>
/// <param name="Steps">The number of the last step.</param>
/// <param name="DoneSteps">Steps done before, in a run that goes on; 0 in a new one.</param>
/// <param name="Unit">What rates count, such as "characters".</param>
/// <param name="Monitor">The metric that decides which checkpoint is best.</param>
/// <param name="HigherIsBetter">Whether the metric is to grow.</param>
public sealed record RunDescription(
    ModelTrainer Trainer, int Steps, int DoneSteps, string Unit, string Monitor, bool HigherIsBetter);
