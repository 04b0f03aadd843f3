using System.Collections.Generic;

namespace ModelCompiler.Build;

/// <summary>What one model of an assembly costs.</summary>
/// <param name="Model">Full name of the class.</param>
/// <param name="Parameters">Trainable numbers.</param>
/// <param name="Training">Null where the model has no loss.</param>
/// <param name="Entries">Its entry points, by name.</param>
sealed record ModelCost(string Model, long Parameters, TrainingCost? Training, IReadOnlyList<EntryCost> Entries)
{
    /// <summary>What a training step stores in which type; empty where all of it is fp32.</summary>
    public IReadOnlyList<StoredCost> Stored { get; init; } = [];
}
