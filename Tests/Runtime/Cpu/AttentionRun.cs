using System;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>The memory of one attention.</summary>
sealed class AttentionRun : IDisposable
{
    public required FencedFloats Query { get; init; }

    public required FencedFloats Key { get; init; }

    public required FencedFloats Value { get; init; }

    public required FencedFloats DResult { get; init; }

    /// <summary>The result, the rows' sums, and the gradients of query, key and value.</summary>
    public required FencedFloats[] Results { get; init; }

    public void Dispose()
    {
        foreach (FencedFloats operand in new[] { Query, Key, Value, DResult }) operand.Dispose();
        foreach (FencedFloats result in Results) result.Dispose();
    }
}
