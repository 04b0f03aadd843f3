using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>The functions of cuBLASLt, under their own names. Descriptors are memory of the host; only
/// <see cref="cublasLtMatmul"/> reaches the device.</summary>
static unsafe partial class BlasLt
{
    const string Library = CudaLibraries.BlasLtName;

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtCreate(nint* handle);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial nuint cublasLtGetVersion();

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulDescCreate(nint* description, CudaBlasComputeType compute,
        CudaDataType scaleType);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulDescDestroy(nint description);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulDescSetAttribute(nint description, MatmulAttribute attribute,
        void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatrixLayoutCreate(nint* layout, CudaDataType type, ulong rows,
        ulong columns, long stride);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatrixLayoutSetAttribute(nint layout, LayoutAttribute attribute,
        void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulPreferenceCreate(nint* preference);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulPreferenceDestroy(nint preference);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulPreferenceSetAttribute(nint preference,
        PreferenceAttribute attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulAlgoGetHeuristic(nint handle, nint description, nint a, nint b,
        nint c, nint d, nint preference, int requested, CudaBlasLtAlgorithm* results, int* found);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmulAlgoCheck(nint handle, nint description, nint a, nint b, nint c,
        nint d, CudaBlasLtAlgorithm* algorithm, CudaBlasLtAlgorithm* result);

    [LibraryImport(Library)]
    public static partial BlasStatus cublasLtMatmul(nint handle, nint description, void* alpha, ulong a, nint layoutA,
        ulong b, nint layoutB, void* beta, ulong c, nint layoutC, ulong d, nint layoutD,
        CudaBlasLtAlgorithm* algorithm, ulong workspace, nuint workspaceBytes, nint stream);
}
