namespace ModelCompiler;

/// <summary>What an operation needs besides its tensors. Which of these it uses is said by its primitive.</summary>
public sealed record OperationAttributes
{
    public static readonly OperationAttributes None = new();

    /// <summary>
    /// Axes counted from the start: the permutation of a permute, the one axis of a reduction, slice or pad.
    /// </summary>
    public int[] Axes { get; init; } = [];

    /// <summary>The value of a constant.</summary>
    public double Number { get; init; }

    /// <summary>A probability with which random numbers decide; 0 where nothing is left to them.</summary>
    public double Rate { get; init; }

    /// <summary>A gradient written by hand: from that of the result to those of the inputs.</summary>
    public System.Func<Tensor, Tensor?[]>? Gradient { get; init; }

    /// <summary>A range's length, a dim's value, a slice's or pad's first index, the number of a random draw.</summary>
    public Dim Start { get; init; }

    /// <summary>
    /// How a window moves over images, or what attention sees; what each number means is said by <c>Window</c>,
    /// <c>PoolingWindow</c> and <c>AttentionForm</c>.
    /// </summary>
    public int[] Window { get; init; } = [];
}
