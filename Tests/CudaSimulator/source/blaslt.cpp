// cuBLASLt's objects: handles, descriptors, layouts, preferences and their attributes.
#include "blaslt.h"
#include <cstring>
#include "blas.h"
#include "config.h"
#include "handles.h"

namespace mcsim {
namespace {

struct LtHandle {};

Handles<LtHandle, cublasLtHandle_t, 10>& handles() {
    static Handles<LtHandle, cublasLtHandle_t, 10> table;
    return table;
}
Handles<MatmulDesc, cublasLtMatmulDesc_t, 11>& descs() {
    static Handles<MatmulDesc, cublasLtMatmulDesc_t, 11> table;
    return table;
}
Handles<MatrixLayout, cublasLtMatrixLayout_t, 12>& layouts() {
    static Handles<MatrixLayout, cublasLtMatrixLayout_t, 12> table;
    return table;
}
Handles<MatmulPreference, cublasLtMatmulPreference_t, 13>& preferences() {
    static Handles<MatmulPreference, cublasLtMatmulPreference_t, 13> table;
    return table;
}

/// Attributes of one kind of object: where each is kept and how long it must be.
struct Slot { void* place; size_t bytes; };

template<class T> Slot slot(T& field) { return { &field, sizeof(T) }; }

Slot slotOf(MatmulDesc& d, int attribute) {
    switch (attribute) {
    case CUBLASLT_MATMUL_DESC_COMPUTE_TYPE: return slot(d.compute);
    case CUBLASLT_MATMUL_DESC_SCALE_TYPE: return slot(d.scaleType);
    case CUBLASLT_MATMUL_DESC_POINTER_MODE: return slot(d.pointerMode);
    case CUBLASLT_MATMUL_DESC_TRANSA: return slot(d.transposeA);
    case CUBLASLT_MATMUL_DESC_TRANSB: return slot(d.transposeB);
    case CUBLASLT_MATMUL_DESC_EPILOGUE: return slot(d.epilogue);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER: return slot(d.bias);
    case CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE: return slot(d.biasStride);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER: return slot(d.aux);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD: return slot(d.auxLd);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE: return slot(d.auxStride);
    case CUBLASLT_MATMUL_DESC_SM_COUNT_TARGET: return slot(d.smCount);
    case CUBLASLT_MATMUL_DESC_A_SCALE_POINTER: return slot(d.scaleA);
    case CUBLASLT_MATMUL_DESC_B_SCALE_POINTER: return slot(d.scaleB);
    case CUBLASLT_MATMUL_DESC_C_SCALE_POINTER: return slot(d.scaleC);
    case CUBLASLT_MATMUL_DESC_D_SCALE_POINTER: return slot(d.scaleD);
    case CUBLASLT_MATMUL_DESC_AMAX_D_POINTER: return slot(d.amaxD);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_DATA_TYPE: return slot(d.auxType);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_SCALE_POINTER: return slot(d.auxScale);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_AMAX_POINTER: return slot(d.auxAmax);
    case CUBLASLT_MATMUL_DESC_FAST_ACCUM: return slot(d.fastAccumulation);
    case CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE: return slot(d.biasType);
    case CUBLASLT_MATMUL_DESC_A_SCALE_MODE: return slot(d.scaleModeA);
    case CUBLASLT_MATMUL_DESC_B_SCALE_MODE: return slot(d.scaleModeB);
    default: return { nullptr, 0 };
    }
}

Slot slotOf(MatrixLayout& l, int attribute) {
    switch (attribute) {
    case CUBLASLT_MATRIX_LAYOUT_TYPE: return slot(l.type);
    case CUBLASLT_MATRIX_LAYOUT_ORDER: return slot(l.order);
    case CUBLASLT_MATRIX_LAYOUT_ROWS: return slot(l.rows);
    case CUBLASLT_MATRIX_LAYOUT_COLS: return slot(l.columns);
    case CUBLASLT_MATRIX_LAYOUT_LD: return slot(l.ld);
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT: return slot(l.batches);
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET: return slot(l.batchStride);
    default: return { nullptr, 0 };
    }
}

Slot slotOf(MatmulPreference& p, int attribute) {
    switch (attribute) {
    case CUBLASLT_MATMUL_PREF_SEARCH_MODE: return slot(p.searchMode);
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES: return slot(p.maxWorkspace);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES: return slot(p.alignment[0]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES: return slot(p.alignment[1]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES: return slot(p.alignment[2]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES: return slot(p.alignment[3]);
    default: return { nullptr, 0 };
    }
}

template<class T>
cublasStatus_t setAttribute(T* object, int attribute, const void* value, size_t bytes, const char* function) {
    if (!object) return rejected(CUBLAS_STATUS_INVALID_VALUE, format("%s: no such object", function));
    Slot s = slotOf(*object, attribute);
    if (!s.place || !value || bytes != s.bytes)
        return rejected(CUBLAS_STATUS_INVALID_VALUE, format("%s: attribute %d with %zu bytes; it has %zu (0: unknown)",
                                                            function, attribute, bytes, s.bytes));
    std::memcpy(s.place, value, bytes);
    return CUBLAS_STATUS_SUCCESS;
}

bool knownType(int type) { return elementBytes(type) != 0; }

}

std::shared_ptr<MatmulDesc> findDesc(cublasLtMatmulDesc_t handle) { return descs().find(handle); }
std::shared_ptr<MatrixLayout> findLayout(cublasLtMatrixLayout_t handle) { return layouts().find(handle); }
std::shared_ptr<MatmulPreference> findPreference(cublasLtMatmulPreference_t handle) {
    return preferences().find(handle);
}
bool isLtHandle(cublasLtHandle_t handle) { return handles().find(handle) != nullptr; }

int libraryVersion() { return config().libraryVersion; }

size_t cublasLtHandleCount() { return handles().count(); }
size_t cublasLtObjectCount() { return descs().count() + layouts().count() + preferences().count(); }

void dropBlas() {
    dropCublasHandles();
    handles().clear();
    descs().clear();
    layouts().clear();
    preferences().clear();
}

}

using namespace mcsim;

#define LT_CALL(function, needs) ::mcsim::Call call(#function, ::mcsim::Needs::needs); \
    if (call.refused()) return statusOf(call.refused())

MCSIM_API size_t cublasLtGetVersion() {
    ::mcsim::Call call("cublasLtGetVersion", Needs::Nothing);
    return size_t(libraryVersion());
}

MCSIM_API cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
    LT_CALL(cublasLtCreate, Context);
    if (!handle) return CUBLAS_STATUS_INVALID_VALUE;
    *handle = handles().add(std::make_shared<LtHandle>());
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
    LT_CALL(cublasLtDestroy, Nothing);
    return handles().remove(handle) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_INITIALIZED;
}

MCSIM_API cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* desc, int compute, int scaleType) {
    LT_CALL(cublasLtMatmulDescCreate, Nothing);
    if (!desc || !knownType(scaleType) || compute < CUBLAS_COMPUTE_16F || compute > 78)
        return CUBLAS_STATUS_INVALID_VALUE;
    auto created = std::make_shared<MatmulDesc>();
    created->compute = compute;
    created->scaleType = scaleType;
    *desc = descs().add(created);
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc) {
    LT_CALL(cublasLtMatmulDescDestroy, Nothing);
    return descs().remove(desc) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

MCSIM_API cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc, int attribute, const void* value,
                                                        size_t bytes) {
    LT_CALL(cublasLtMatmulDescSetAttribute, Nothing);
    return setAttribute(findDesc(desc).get(), attribute, value, bytes, "cublasLtMatmulDescSetAttribute");
}

MCSIM_API cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, int type, uint64_t rows,
                                                    uint64_t columns, int64_t ld) {
    LT_CALL(cublasLtMatrixLayoutCreate, Nothing);
    if (!layout || !knownType(type)) return CUBLAS_STATUS_INVALID_VALUE;
    auto created = std::make_shared<MatrixLayout>();
    created->type = type;
    created->rows = rows;
    created->columns = columns;
    created->ld = ld;
    *layout = layouts().add(created);
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
    LT_CALL(cublasLtMatrixLayoutDestroy, Nothing);
    return layouts().remove(layout) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

MCSIM_API cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout, int attribute,
                                                          const void* value, size_t bytes) {
    LT_CALL(cublasLtMatrixLayoutSetAttribute, Nothing);
    return setAttribute(findLayout(layout).get(), attribute, value, bytes, "cublasLtMatrixLayoutSetAttribute");
}

MCSIM_API cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
    LT_CALL(cublasLtMatmulPreferenceCreate, Nothing);
    if (!preference) return CUBLAS_STATUS_INVALID_VALUE;
    *preference = preferences().add(std::make_shared<MatmulPreference>());
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
    LT_CALL(cublasLtMatmulPreferenceDestroy, Nothing);
    return preferences().remove(preference) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

MCSIM_API cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference, int attribute,
                                                              const void* value, size_t bytes) {
    LT_CALL(cublasLtMatmulPreferenceSetAttribute, Nothing);
    return setAttribute(findPreference(preference).get(), attribute, value, bytes,
                        "cublasLtMatmulPreferenceSetAttribute");
}
