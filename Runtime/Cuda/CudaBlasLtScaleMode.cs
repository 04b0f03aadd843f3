namespace ModelCompiler.Runtime.Cuda;

/// <summary>What one scale of an 8-bit matrix belongs to; cublasLtMatmulMatrixScale_t of cublasLt.h.</summary>
public enum CudaBlasLtScaleMode
{
    /// <summary>The whole matrix: one 32-bit number.</summary>
    Scalar = 0,

    /// <summary>A row of A or a column of B: 32-bit numbers; from version 12.9 on.</summary>
    OuterVector = 3,

    /// <summary>128 elements in a row; from version 12.9 on.</summary>
    Vector128 = 4,

    /// <summary>128 × 128 elements; from version 12.9 on.</summary>
    Block128 = 5,
}
