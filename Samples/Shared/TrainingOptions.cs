namespace Samples.Shared;

/// <summary>What the command line asked for.</summary>
/// <param name="Steps">Training steps; at least 1.</param>
/// <param name="Seed">Initial parameters, batches and sampled text follow from it.</param>
/// <param name="Threads">Threads of the CPU device; the result does not depend on it.</param>
/// <param name="Out">Where the checkpoint goes, or null.</param>
/// <param name="Log">Where JSON lines go, or null.</param>
sealed record TrainingOptions(int Steps, ulong Seed, int Threads, string? Out, string? Log);
