namespace ModelCompiler.Runtime.Cuda;

/// <summary>A matrix for each head, or scores of each head: where it lies on the device. The last axis is dense.
/// </summary>
/// <param name="Address">On the device; 0 for none.</param>
/// <param name="OuterStride">Elements from one entry of the batch to the next; 0 where all have the same.</param>
/// <param name="HeadStride">Elements from one head to the next; 0 where all have the same.</param>
/// <param name="RowStride">Elements from one row to the next.</param>
/// <example><code>
/// // Packed queries, keys and values [B, T, 3, H, D] in bf16: the keys.
/// var k = new CudaAttentionOperand(qkv + 2 * (ulong)(h * d), t * 3 * h * d, d, 3 * h * d);
/// </code></example>
public readonly record struct CudaAttentionOperand(ulong Address, long OuterStride, long HeadStride, long RowStride)
{
    /// <summary>[outer, heads, rows, columns] without gaps.</summary>
    /// <param name="address">On the device.</param>
    /// <param name="heads">Second axis.</param>
    /// <param name="rows">Third axis.</param>
    /// <param name="columns">Fourth axis.</param>
    public static CudaAttentionOperand Dense(ulong address, int heads, int rows, int columns) =>
        new(address, (long)heads * rows * columns, (long)rows * columns, columns);

    /// <summary>Whether every row begins at a multiple of 16 bytes.</summary>
    internal bool IsAligned(int elementBytes)
    {
        long all = OuterStride | HeadStride | RowStride;
        return Address % 16 == 0 && all * elementBytes % 16 == 0;
    }
}
