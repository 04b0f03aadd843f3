using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Stands for the numbers that one run of a kernel wrote for a value; another iteration's are another mark.
/// </summary>
sealed class Mark(Value value, int step)
{
    public Value Value { get; } = value;

    /// <summary>When it was written; -1 for what the caller brings.</summary>
    public int Step { get; } = step;
}
