using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>The memory of one attention.</summary>
sealed unsafe class AttentionRun(int outer, int places) : IDisposable
{
    public required FencedFloats Query { get; init; }

    public required FencedFloats Key { get; init; }

    public required FencedFloats Value { get; init; }

    public required FencedFloats DResult { get; init; }

    public required FencedFloats Bias { get; init; }

    /// <summary>The result, the rows' sums, and the gradients of query, key, value and bias.</summary>
    public required FencedFloats[] Results { get; init; }

    /// <summary>[outer].</summary>
    public int* Lengths { get; } = (int*)NativeMemory.AllocZeroed((nuint)outer, sizeof(int));

    /// <summary>[outer, places].</summary>
    public int* Documents { get; } = (int*)NativeMemory.AllocZeroed((nuint)(outer * places), sizeof(int));

    public void Dispose()
    {
        foreach (FencedFloats operand in new[] { Query, Key, Value, DResult, Bias }) operand.Dispose();
        foreach (FencedFloats result in Results) result.Dispose();
        NativeMemory.Free(Lengths);
        NativeMemory.Free(Documents);
    }
}
