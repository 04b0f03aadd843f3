using System;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>Sizes of an attention: as many heads as outer times inner.</summary>
public struct AttentionShape
{
    /// <summary>Length of the outer batch axis.</summary>
    public int Outer;

    /// <summary>Length of the inner batch axis: heads of queries.</summary>
    public int Inner;

    /// <summary>
    /// Heads of keys and values for each place of the outer axis, a divisor of <see cref="Inner"/>: equally many heads
    /// of queries after another share one. 0 for as many as Inner.
    /// </summary>
    public int KeyHeads;

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

    /// <summary>Above 0: place t sees only places less than this far from it.</summary>
    public int Window;

    /// <summary>What scores are multiplied by.</summary>
    public float Scale;

    internal readonly int Heads => checked(Outer * Inner);

    /// <summary>Heads of queries that share one of keys.</summary>
    internal readonly int Group => KeyHeads == 0 ? 1 : Inner / KeyHeads;

    /// <summary>Heads of keys and values, of all outer places.</summary>
    internal readonly int AllKeyHeads => KeyHeads == 0 ? Heads : checked(Outer * KeyHeads);

    /// <summary>Twice the keys that one query sees, about; lengths and documents are not known here.</summary>
    readonly long TwiceSeen
    {
        get
        {
            long all = IsCausal ? Keys : 2L * Keys;
            return Window <= 0 ? all : Math.Min(all, 2 * (IsCausal ? Window : 2L * Window - 1));
        }
    }

    /// <summary>Multiply-adds of one product of scores and of one with them.</summary>
    internal readonly long Cost => (long)Heads * Queries * TwiceSeen * (Width + ValueWidth) / 2;

    /// <summary>Of the five products of the gradients: three as wide as queries, two as wide as values.</summary>
    internal readonly double BackwardFlops => 1.0 * Heads * Queries * TwiceSeen * (3.0 * Width + 2.0 * ValueWidth);

    /// <summary>Every operand once: queries, keys, values, results and logarithms, and the gradients of the first four.
    /// </summary>
    internal readonly double Bytes(bool isBackward)
    {
        double places = (double)Heads * Queries + (double)AllKeyHeads * Keys;
        double operands = places * (Width + ValueWidth), logs = (double)Heads * Queries;
        return sizeof(float) * ((isBackward ? 2 : 1) * operands + logs);
    }
}
