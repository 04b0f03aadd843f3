namespace ModelCompiler.Runtime.Cuda;

/// <summary>Whether a matrix is read as it lies or transposed; cublasOperation_t of cublas_api.h.</summary>
public enum CudaBlasOperation
{
    /// <summary>As it lies.</summary>
    None = 0,

    /// <summary>Rows and columns exchanged.</summary>
    Transpose = 1,
}
