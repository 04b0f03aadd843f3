namespace ModelCompiler.Runtime.Cpu;

/// <summary>What an attention may have besides queries, keys and values; all zeros for nothing of it.</summary>
public unsafe struct AttentionExtras
{
    /// <summary>
    /// [outer, inner, T, value width]: the result, for its gradient. A device of CUDA takes each row's sum of it times
    /// its gradient; the processor has that number from the weights, which it computes again anyway.
    /// </summary>
    public MatrixView Result;

    /// <summary>[outer]: how many keys there are, the others are padding; null where all of them count.</summary>
    public int* KeyLengths;

    /// <summary>
    /// [outer, T]: the document of each place; places see those of their own only. Null where there is but one; else
    /// there are as many keys as queries.
    /// </summary>
    public int* Documents;

    /// <summary>
    /// [outer, inner, T, S]: added to the scaled scores; any strides, 0 along what is repeated. Null data for none.
    /// </summary>
    public MatrixView Bias;

    /// <summary>
    /// What <see cref="FusedAttention.Backward"/> writes the bias's gradient to; column stride 1, and 0 along axes that
    /// are repeated, which are summed over. Null data where it is not asked for.
    /// </summary>
    public MatrixView BiasGradient;

    /// <summary>
    /// Share of the weights that become 0 while the others grow by 1 / (1 - share); those whose number, drawn by their
    /// place in [outer, inner, T, S], is below. 0 for none.
    /// </summary>
    public float Dropout;

    /// <summary>Half of what this pass draws random numbers by.</summary>
    public int RandomKey0;

    /// <summary>The other half.</summary>
    public int RandomKey1;

    /// <summary>Number of the draw within the pass.</summary>
    public int Draw;
}
