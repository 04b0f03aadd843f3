namespace ModelCompiler.Runtime.Training;

/// <summary>A piece of the arena of activations.</summary>
/// <param name="Offset">Where it starts, in bytes.</param>
/// <param name="Bytes">Its length at the largest dims.</param>
/// <param name="First">First step of the schedule at which it holds something.</param>
/// <param name="Last">Last step of the schedule at which it is read.</param>
/// <param name="Name">As in generated code.</param>
/// <param name="Shape">Such as "[B, T, 128]".</param>
public sealed record PlannedBuffer(long Offset, long Bytes, int First, int Last, string Name, string Shape)
{
    /// <summary>What its elements are: "f32", "bf16", "f16", "e4m3" or "e5m2"; integers count as "f32".</summary>
    public string Storage { get; init; } = "f32";
}
