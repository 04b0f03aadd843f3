namespace ModelCompiler.Runtime.Cuda;

/// <summary>How a matrix lies in memory.</summary>
/// <param name="Type">Of its elements.</param>
/// <param name="Rows">As it lies, before it is transposed.</param>
/// <param name="Columns">As it lies.</param>
/// <param name="Stride">Elements from one column to the next, or from one row to the next where
/// <see cref="IsRowMajor"/>.</param>
/// <remarks>A row-major [N, K] is the same memory as a column-major [K, N]: C = A·B by rows is Cᵀ = Bᵀ·Aᵀ by columns,
/// which is how most products are asked for, since cuBLASLt knows more algorithms by columns.</remarks>
public readonly record struct CudaBlasLtLayout(CudaDataType Type, long Rows, long Columns, long Stride)
{
    /// <summary>Whether a row's elements lie side by side, instead of a column's.</summary>
    public bool IsRowMajor { get; init; }

    /// <summary>How many matrices there are; 0 and 1 are one.</summary>
    public int BatchCount { get; init; }

    /// <summary>Elements from one matrix to the next.</summary>
    public long BatchStride { get; init; }
}
