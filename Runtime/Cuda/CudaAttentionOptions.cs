namespace ModelCompiler.Runtime.Cuda;

/// <summary>What attention may read besides queries, keys and values. Addresses are on the device; 0 for none.
/// </summary>
/// <example><code>
/// var options = new CudaAttentionOptions { KeyLengths = lengths };
/// </code></example>
public readonly record struct CudaAttentionOptions
{
    /// <summary>[outer] int32: only so many first keys are seen.</summary>
    public ulong KeyLengths { get; init; }

    /// <summary>[outer, queries] int32: only keys of the query's own document are seen. As many keys as queries.
    /// </summary>
    public ulong Documents { get; init; }

    /// <summary>[2] int32, where dropout has a rate: the pass's random keys. On the device, since a recorded step is
    /// launched again with others.</summary>
    public ulong RandomKeys { get; init; }

    /// <summary>[outer, heads, queries, keys], strides 0 where an axis is repeated: added to the scaled scores.
    /// </summary>
    public CudaAttentionOperand Bias { get; init; }

    /// <summary>Of the bias: fp32, or that of queries, keys and values.</summary>
    public CudaDataType BiasType { get; init; }
}
