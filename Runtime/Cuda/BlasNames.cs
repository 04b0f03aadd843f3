using System.Globalization;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>cuBLAS's names of its errors; only newer libraries can be asked for them.</summary>
static class BlasNames
{
    public static string NameOf(BlasStatus status) => status switch
    {
        BlasStatus.Success => "CUBLAS_STATUS_SUCCESS",
        BlasStatus.NotInitialized => "CUBLAS_STATUS_NOT_INITIALIZED",
        BlasStatus.AllocationFailed => "CUBLAS_STATUS_ALLOC_FAILED",
        BlasStatus.InvalidValue => "CUBLAS_STATUS_INVALID_VALUE",
        BlasStatus.ArchitectureMismatch => "CUBLAS_STATUS_ARCH_MISMATCH",
        BlasStatus.MappingError => "CUBLAS_STATUS_MAPPING_ERROR",
        BlasStatus.ExecutionFailed => "CUBLAS_STATUS_EXECUTION_FAILED",
        BlasStatus.InternalError => "CUBLAS_STATUS_INTERNAL_ERROR",
        BlasStatus.NotSupported => "CUBLAS_STATUS_NOT_SUPPORTED",
        BlasStatus.LicenseError => "CUBLAS_STATUS_LICENSE_ERROR",
        _ => string.Create(CultureInfo.InvariantCulture, $"cuBLAS status {(int)status}"),
    };
}
