// cuBLAS: handles and the two general products, with the type combinations that its documentation lists.
#include "blas.h"
#include "device.h"
#include "handles.h"
#include "matmul.h"
#include "memory.h"
#include "stream.h"

namespace mcsim {
namespace {

struct BlasHandle {
    CUstream stream = nullptr;
    int mathMode = CUBLAS_DEFAULT_MATH, pointerMode = CUBLAS_POINTER_MODE_HOST;
    void* workspace = nullptr;
    size_t workspaceBytes = 0;
};

Handles<BlasHandle, cublasHandle_t, 9>& handles() {
    static Handles<BlasHandle, cublasHandle_t, 9> table;
    return table;
}

/// A legal combination of compute type, A and B, C.
struct Combination { int compute, input, output; };

const Combination combinations[] = {
    { CUBLAS_COMPUTE_16F, CUDA_R_16F, CUDA_R_16F },
    { CUBLAS_COMPUTE_32I, CUDA_R_8I, CUDA_R_32I },
    { CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_16BF },
    { CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_16F },
    { CUBLAS_COMPUTE_32F, CUDA_R_8I, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F_FAST_16F, CUDA_R_32F, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F_FAST_16BF, CUDA_R_32F, CUDA_R_32F },
    { CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F, CUDA_R_32F },
};

bool legal(int compute, int typeA, int typeB, int typeC) {
    if (compute == CUBLAS_COMPUTE_32F_PEDANTIC) compute = CUBLAS_COMPUTE_32F;
    for (const Combination& c : combinations)
        if (c.compute == compute && c.input == typeA && c.input == typeB && c.output == typeC) return true;
    return false;
}

cublasStatus_t invalid(const std::string& why) { return rejected(CUBLAS_STATUS_INVALID_VALUE, "cublasGemm: " + why); }

int scaleTypeOf(int compute) {
    return compute == CUBLAS_COMPUTE_16F ? CUDA_R_16F : compute == CUBLAS_COMPUTE_32I ? CUDA_R_32I : CUDA_R_32F;
}

MatrixPlace place(const void* data, int type, int64_t rows, int64_t columns, int ld, long long stride) {
    MatrixPlace p;
    p.data = const_cast<void*>(data);
    p.type = type;
    p.rows = rows;
    p.columns = columns;
    p.ld = ld;
    p.batchStride = stride;
    return p;
}

struct GemmArguments {
    int transposeA, transposeB, m, n, k;
    const void* alpha;
    const void* a; int typeA, lda; long long strideA;
    const void* b; int typeB, ldb; long long strideB;
    const void* beta;
    void* c; int typeC, ldc; long long strideC;
    int batches, compute;
};

cublasStatus_t checkArguments(const GemmArguments& g) {
    if (g.m < 0 || g.n < 0 || g.k < 0 || g.batches < 0) return invalid("a negative extent");
    if (g.transposeA > 2 || g.transposeB > 2 || g.transposeA < 0 || g.transposeB < 0)
        return invalid("an unknown transposition");
    if (g.lda < std::max(1, g.transposeA ? g.k : g.m)) return invalid("lda is smaller than A's rows");
    if (g.ldb < std::max(1, g.transposeB ? g.n : g.k)) return invalid("ldb is smaller than B's rows");
    if (g.ldc < std::max(1, g.m)) return invalid("ldc is smaller than C's rows");
    if (!g.alpha || !g.beta) return invalid("alpha or beta is null");
    if (!legal(g.compute, g.typeA, g.typeB, g.typeC)) return CUBLAS_STATUS_NOT_SUPPORTED;
    bool bytes = g.typeA == CUDA_R_8I;
    if (bytes && (g.lda % 4 || g.ldb % 4 || deviceAlignment(g.a) % 4 || deviceAlignment(g.b) % 4))
        return CUBLAS_STATUS_NOT_SUPPORTED;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t gemm(cublasHandle_t handle, const GemmArguments& g) {
    std::shared_ptr<BlasHandle> blas = handles().find(handle);
    if (!blas) return rejected(CUBLAS_STATUS_NOT_INITIALIZED, "cublasGemm: no handle");
    if (cublasStatus_t status = checkArguments(g)) return status;
    if (g.m == 0 || g.n == 0 || g.batches == 0) return CUBLAS_STATUS_SUCCESS;
    bool onDevice = blas->pointerMode == CUBLAS_POINTER_MODE_DEVICE;
    Product p;
    p.name = format("cublasGemmEx %dx%dx%d", g.m, g.n, g.k);
    p.m = g.m; p.n = g.n; p.k = g.k;
    p.transposeA = g.transposeA; p.transposeB = g.transposeB;
    p.a = place(g.a, g.typeA, g.transposeA ? g.k : g.m, g.transposeA ? g.m : g.k, g.lda, g.strideA);
    p.b = place(g.b, g.typeB, g.transposeB ? g.n : g.k, g.transposeB ? g.k : g.n, g.ldb, g.strideB);
    p.c = p.d = place(g.c, g.typeC, g.m, g.n, g.ldc, g.strideC);
    p.alpha = makeFactor(g.alpha, scaleTypeOf(g.compute), onDevice);
    p.beta = makeFactor(g.beta, scaleTypeOf(g.compute), onDevice);
    p.compute = g.compute;
    p.batches = g.batches;
    p.rounding = roundingOf(g.compute);
    if (g.compute == CUBLAS_COMPUTE_32F && g.typeA == CUDA_R_32F && blas->mathMode == CUBLAS_TF32_TENSOR_OP_MATH)
        p.rounding = Rounding::Tf32;
    return enqueueProduct(p, blas->stream, "cublas");
}

}

size_t cublasHandleCount() { return handles().count(); }
void dropCublasHandles() { handles().clear(); }

}

using namespace mcsim;

#define BLAS_CALL(function, needs) ::mcsim::Call call(#function, ::mcsim::Needs::needs); \
    if (call.refused()) return statusOf(call.refused())

MCSIM_API cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
    BLAS_CALL(cublasCreate_v2, Context);
    if (!handle) return CUBLAS_STATUS_INVALID_VALUE;
    *handle = handles().add(std::make_shared<BlasHandle>());
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
    BLAS_CALL(cublasDestroy_v2, Nothing);
    return handles().remove(handle) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_INITIALIZED;
}

MCSIM_API cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version) {
    BLAS_CALL(cublasGetVersion_v2, Nothing);
    if (!handles().find(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (!version) return CUBLAS_STATUS_INVALID_VALUE;
    *version = libraryVersion();
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API const char* cublasGetStatusName(cublasStatus_t status) {
    switch (status) {
    case CUBLAS_STATUS_SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_ARCH_MISMATCH: return "CUBLAS_STATUS_ARCH_MISMATCH";
    case CUBLAS_STATUS_MAPPING_ERROR: return "CUBLAS_STATUS_MAPPING_ERROR";
    case CUBLAS_STATUS_EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_INTERNAL_ERROR: return "CUBLAS_STATUS_INTERNAL_ERROR";
    case CUBLAS_STATUS_NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS unknown";
    }
}

MCSIM_API const char* cublasGetStatusString(cublasStatus_t status) { return cublasGetStatusName(status); }

MCSIM_API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, CUstream stream) {
    BLAS_CALL(cublasSetStream_v2, Context);
    std::shared_ptr<BlasHandle> blas = handles().find(handle);
    if (!blas) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (!findStream(stream)) return CUBLAS_STATUS_INVALID_VALUE;
    blas->stream = stream;
    // The library goes back to its own workspace.
    blas->workspace = nullptr;
    blas->workspaceBytes = 0;
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t bytes) {
    BLAS_CALL(cublasSetWorkspace_v2, Context);
    std::shared_ptr<BlasHandle> blas = handles().find(handle);
    if (!blas) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (bytes && (deviceAlignment(workspace) < 256 || !validRange(CUdeviceptr(workspace), bytes, "cublasSetWorkspace")))
        return invalid("the workspace must be device memory aligned to 256 bytes");
    blas->workspace = workspace;
    blas->workspaceBytes = bytes;
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasSetMathMode(cublasHandle_t handle, int mode) {
    BLAS_CALL(cublasSetMathMode, Nothing);
    std::shared_ptr<BlasHandle> blas = handles().find(handle);
    if (!blas) return CUBLAS_STATUS_NOT_INITIALIZED;
    // The low bits are the mode; 16 disallows reduced precision in reductions, which fp32 accumulation meets anyway.
    int low = mode & 15;
    if (mode & ~31 || (low != CUBLAS_DEFAULT_MATH && low != CUBLAS_PEDANTIC_MATH && low != CUBLAS_TF32_TENSOR_OP_MATH))
        return CUBLAS_STATUS_INVALID_VALUE;
    blas->mathMode = low;
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t handle, int mode) {
    BLAS_CALL(cublasSetPointerMode_v2, Nothing);
    std::shared_ptr<BlasHandle> blas = handles().find(handle);
    if (!blas) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (mode != CUBLAS_POINTER_MODE_HOST && mode != CUBLAS_POINTER_MODE_DEVICE) return CUBLAS_STATUS_INVALID_VALUE;
    blas->pointerMode = mode;
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasGemmEx(cublasHandle_t handle, int transposeA, int transposeB, int m, int n, int k,
                                      const void* alpha, const void* a, int typeA, int lda, const void* b, int typeB,
                                      int ldb, const void* beta, void* c, int typeC, int ldc, int compute, int) {
    BLAS_CALL(cublasGemmEx, Context);
    return gemm(handle, { transposeA, transposeB, m, n,    k, alpha, a,   typeA, lda, 0,      b,
                          typeB,      ldb,        0, beta, c, typeC, ldc, 0,     1,   compute });
}

MCSIM_API cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, int transposeA, int transposeB, int m, int n,
                                                    int k, const void* alpha, const void* a, int typeA, int lda,
                                                    long long strideA, const void* b, int typeB, int ldb,
                                                    long long strideB, const void* beta, void* c, int typeC, int ldc,
                                                    long long strideC, int batchCount, int compute, int) {
    BLAS_CALL(cublasGemmStridedBatchedEx, Context);
    return gemm(handle, { transposeA, transposeB, m,       n,    k, alpha, a,   typeA,   lda,        strideA, b,
                          typeB,      ldb,        strideB, beta, c, typeC, ldc, strideC, batchCount, compute });
}
