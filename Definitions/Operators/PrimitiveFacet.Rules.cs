namespace ModelCompiler;

/// <summary>How the compiler emits a primitive.</summary>
public sealed record PrimitiveFacet
{
    public static readonly PrimitiveFacet None = new();

    /// <summary>
    /// For elementwise operations: C# over <c>Vector512&lt;float&gt;</c> (conditions are masks of that type, integers
    /// are <c>Vector512&lt;int&gt;</c>), inputs as {0}, {1}, {2}.
    /// </summary>
    public string Formula { get; init; } = "";

    /// <summary>Floating-point operations per output element; for reductions per input element.</summary>
    public int Flops { get; init; }

    /// <summary>
    /// Costs more than a few instructions: worth keeping rather than computing again within one kernel.
    /// </summary>
    public bool IsExpensive { get; init; }
}
