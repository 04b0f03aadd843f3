namespace ModelCompiler.Runtime.Cpu;

/// <summary>Sizes of an attention: as many heads as outer times inner.</summary>
public struct AttentionShape
{
    /// <summary>Length of the outer batch axis.</summary>
    public int Outer;

    /// <summary>Length of the inner batch axis.</summary>
    public int Inner;

    /// <summary>Places that look: T.</summary>
    public int Queries;

    /// <summary>Places that are looked at: S.</summary>
    public int Keys;

    /// <summary>Elements of a query and of a key: D.</summary>
    public int Width;

    /// <summary>Elements of a value and of a result.</summary>
    public int ValueWidth;

    /// <summary>Whether place t sees only places up to t; then there are as many keys as queries.</summary>
    public bool IsCausal;

    /// <summary>What scores are multiplied by.</summary>
    public float Scale;

    internal readonly int Heads => checked(Outer * Inner);

    /// <summary>Multiply-adds of one product of scores and of one with them.</summary>
    internal readonly long Cost => (long)Heads * Queries * Keys * (Width + ValueWidth) / (IsCausal ? 2 : 1);

    /// <summary>Of the five products of the gradients: three as wide as queries, two as wide as values.</summary>
    internal readonly double BackwardFlops =>
        2.0 * Heads * Queries * Keys * (3.0 * Width + 2.0 * ValueWidth) / (IsCausal ? 2 : 1);

    /// <summary>Every operand once: queries, keys, values, results and logarithms, and the gradients of the first four.
    /// </summary>
    internal readonly double Bytes(bool isBackward)
    {
        double operands = (double)Heads * (Queries + Keys) * (Width + ValueWidth), logs = (double)Heads * Queries;
        return sizeof(float) * ((isBackward ? 2 : 1) * operands + logs);
    }
}
