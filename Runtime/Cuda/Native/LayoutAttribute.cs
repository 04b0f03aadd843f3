namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>cublasLtMatrixLayoutAttribute_t of cublasLt.h.</summary>
enum LayoutAttribute
{
    Type = 0,
    Order = 1,
    Rows = 2,
    Columns = 3,
    Stride = 4,
    BatchCount = 5,
    BatchStride = 6,
}
