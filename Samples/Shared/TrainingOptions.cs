using System;
using ModelCompiler.Runtime;

namespace Samples.Shared;

/// <summary>What the command line asked for.</summary>
/// <param name="Steps">Training steps; at least 1.</param>
/// <param name="Seed">Initial parameters, batches and sampled text follow from it.</param>
/// <param name="Device">Where to run; the result does not depend on a processor's threads.</param>
/// <param name="TimeLimit">After which training stops, or null.</param>
/// <param name="Out">Where the trained parameters go, or null.</param>
/// <param name="Log">Where JSON lines go, or null.</param>
/// <param name="Report">Where the page goes, or null.</param>
/// <param name="Checkpoints">The folder of checkpoints, or null.</param>
/// <param name="Resume">Whether the run goes on from the newest of them.</param>
/// <param name="Profile">Whether kernels are measured.</param>
sealed record TrainingOptions(
    int Steps, ulong Seed, Device Device, TimeSpan? TimeLimit, string? Out, string? Log, string? Report,
    string? Checkpoints, bool Resume, bool Profile)
{
    /// <summary>Which of the sample's models; empty where it has one.</summary>
    public string Model { get; init; } = "";

    /// <summary>The folder of the data; empty where it is built into the sample.</summary>
    public string Data { get; init; } = "";
}
