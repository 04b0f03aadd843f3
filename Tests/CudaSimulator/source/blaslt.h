// Descriptors of cuBLASLt, and the rules of what it supports.
#pragma once
#include <map>
#include <memory>
#include "matmul.h"

namespace mcsim {

struct MatmulDesc {
    int compute = 0, scaleType = 0, pointerMode = 0, transposeA = 0, transposeB = 0;
    unsigned epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    void *bias = nullptr, *aux = nullptr;
    int64_t biasStride = 0, auxLd = 0, auxStride = 0;
    int biasType = -1, auxType = -1, smCount = 0, scaleModeA = 0, scaleModeB = 0;
    signed char fastAccumulation = 0;
    void *scaleA = nullptr, *scaleB = nullptr, *scaleC = nullptr, *scaleD = nullptr, *auxScale = nullptr;
    void *amaxD = nullptr, *auxAmax = nullptr;
};

struct MatrixLayout {
    int type = 0, order = CUBLASLT_ORDER_COL, batches = 1;
    uint64_t rows = 0, columns = 0;
    int64_t ld = 0, batchStride = 0;
};

struct MatmulPreference {
    uint64_t maxWorkspace = 0;
    unsigned searchMode = 0;
    /// Of A, B, C and D; 256 unless told otherwise.
    unsigned alignment[4] = { 256, 256, 256, 256 };
};

std::shared_ptr<MatmulDesc> findDesc(cublasLtMatmulDesc_t handle);
std::shared_ptr<MatrixLayout> findLayout(cublasLtMatrixLayout_t handle);
std::shared_ptr<MatmulPreference> findPreference(cublasLtMatmulPreference_t handle);
bool isLtHandle(cublasLtHandle_t handle);

/// A product without its addresses, and why it is refused if it is.
struct Problem {
    MatmulDesc desc;
    MatrixLayout a, b, c, d;
    int64_t m() const { return int64_t(d.rows); }
    int64_t n() const { return int64_t(d.columns); }
    int64_t k() const { return int64_t(desc.transposeA ? a.rows : a.columns); }
    int biasType() const;
    int auxType() const { return desc.auxType < 0 ? d.type : desc.auxType; }
};

struct Verdict { cublasStatus_t status = CUBLAS_STATUS_SUCCESS; std::string why; };

/// INVALID_VALUE for what is inconsistent in itself.
Verdict checkConsistent(const Problem& problem);
/// NOT_SUPPORTED for what the documentation does not list.
Verdict checkSupported(const Problem& problem);
/// What depends on the addresses.
Verdict checkAddresses(const Problem& problem, const void* a, const void* b, const void* c, const void* d);
/// The refusals that MCSIM_LT_REFUSE asks for; they depend on the problem alone.
bool refusedOnPurpose(const Problem& problem);

}
