// The part of cuBLAS's interface that this library exports.
#pragma once
#include "driver.h"

using cublasStatus_t = int;
using cublasHandle_t = struct cublasContext*;

enum : cublasStatus_t {
    CUBLAS_STATUS_SUCCESS = 0,
    CUBLAS_STATUS_NOT_INITIALIZED = 1,
    CUBLAS_STATUS_ALLOC_FAILED = 3,
    CUBLAS_STATUS_INVALID_VALUE = 7,
    CUBLAS_STATUS_ARCH_MISMATCH = 8,
    CUBLAS_STATUS_MAPPING_ERROR = 11,
    CUBLAS_STATUS_EXECUTION_FAILED = 13,
    CUBLAS_STATUS_INTERNAL_ERROR = 14,
    CUBLAS_STATUS_NOT_SUPPORTED = 15,
};
enum { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1, CUBLAS_OP_C = 2 };
enum { CUBLAS_POINTER_MODE_HOST = 0, CUBLAS_POINTER_MODE_DEVICE = 1 };
enum { CUBLAS_DEFAULT_MATH = 0, CUBLAS_PEDANTIC_MATH = 2, CUBLAS_TF32_TENSOR_OP_MATH = 3 };
enum { CUDA_R_32F = 0, CUDA_R_16F = 2, CUDA_R_8I = 3, CUDA_R_8U = 8, CUDA_R_32I = 10, CUDA_R_16BF = 14,
       CUDA_R_8F_E4M3 = 28, CUDA_R_8F_E5M2 = 29 };
enum { CUBLAS_COMPUTE_16F = 64, CUBLAS_COMPUTE_32F = 68, CUBLAS_COMPUTE_32F_PEDANTIC = 69, CUBLAS_COMPUTE_32I = 72,
       CUBLAS_COMPUTE_32F_FAST_16F = 74, CUBLAS_COMPUTE_32F_FAST_16BF = 75, CUBLAS_COMPUTE_32F_FAST_TF32 = 77 };

MCSIM_API cublasStatus_t cublasCreate_v2(cublasHandle_t* handle);
MCSIM_API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle);
MCSIM_API cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version);
MCSIM_API const char* cublasGetStatusString(cublasStatus_t status);
MCSIM_API const char* cublasGetStatusName(cublasStatus_t status);
MCSIM_API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, CUstream stream);
MCSIM_API cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t bytes);
MCSIM_API cublasStatus_t cublasSetMathMode(cublasHandle_t handle, int mode);
MCSIM_API cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, int mode);
MCSIM_API cublasStatus_t cublasGemmEx(cublasHandle_t handle, int transposeA, int transposeB, int m, int n, int k,
                                      const void* alpha, const void* a, int typeA, int lda, const void* b, int typeB,
                                      int ldb, const void* beta, void* c, int typeC, int ldc, int compute, int algo);
MCSIM_API cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, int transposeA, int transposeB, int m, int n,
                                                    int k, const void* alpha, const void* a, int typeA, int lda,
                                                    long long strideA, const void* b, int typeB, int ldb,
                                                    long long strideB, const void* beta, void* c, int typeC, int ldc,
                                                    long long strideC, int batchCount, int compute, int algo);
