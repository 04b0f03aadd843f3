using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>The functions of cuBLAS that are used, under their own names. Matrices are column-major there.</summary>
static unsafe partial class Blas
{
    const string Library = CudaLibraries.BlasName;

    [LibraryImport(Library)]
    public static partial BlasStatus cublasCreate_v2(nint* handle);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasDestroy_v2(nint handle);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasGetVersion_v2(nint handle, int* version);

    [LibraryImport(Library)]
    public static partial byte* cublasGetStatusString(BlasStatus status);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasSetWorkspace_v2(nint handle, ulong workspace, nuint bytes);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasSetMathMode(nint handle, CudaBlasMathMode mode);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasSetPointerMode_v2(nint handle, BlasPointerMode mode);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasGemmEx(nint handle, CudaBlasOperation operationA,
        CudaBlasOperation operationB, int m, int n, int k, void* alpha, ulong a, CudaDataType typeA, int strideA,
        ulong b, CudaDataType typeB, int strideB, void* beta, ulong c, CudaDataType typeC, int strideC,
        CudaBlasComputeType compute, int algorithm);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasGemmStridedBatchedEx(nint handle, CudaBlasOperation operationA,
        CudaBlasOperation operationB, int m, int n, int k, void* alpha, ulong a, CudaDataType typeA, int strideA,
        long batchStrideA, ulong b, CudaDataType typeB, int strideB, long batchStrideB, void* beta, ulong c,
        CudaDataType typeC, int strideC, long batchStrideC, int batchCount, CudaBlasComputeType compute,
        int algorithm);
}
