// cuBLASLt's heuristic, its check of algorithms, and the product itself.
#include <algorithm>
#include <cstring>
#include "blaslt.h"
#include "memory.h"

namespace mcsim {
namespace {

constexpr uint64_t algoMagic = 0x6d6373696d4c7431ull;

/// What the 64 opaque bytes of an algorithm hold.
struct Algo { uint64_t magic, key, splits, alignment, unused[4]; };
static_assert(sizeof(Algo) == sizeof(cublasLtMatmulAlgo_t), "the documented size");

/// Everything but extents: an algorithm found for one problem is no algorithm for another kind of problem.
uint64_t keyOf(const Problem& p) {
    uint64_t h = 0xcbf29ce484222325ull;
    const MatmulDesc& t = p.desc;
    for (uint64_t value : { uint64_t(t.compute), uint64_t(t.scaleType), uint64_t(t.transposeA), uint64_t(t.transposeB),
                            uint64_t(t.epilogue), uint64_t(p.a.type), uint64_t(p.b.type), uint64_t(p.c.type),
                            uint64_t(p.d.type), uint64_t(p.d.order) })
        h = (h ^ value) * 0x100000001b3ull;
    return h;
}

size_t workspaceFor(const Problem& p, uint64_t splits) {
    return splits > 1 ? size_t(splits) * size_t(p.m() * p.n()) * size_t(p.d.batches) * 4 : 0;
}

Algo makeAlgo(const Problem& p, uint64_t splits, uint64_t alignment) {
    return { algoMagic, keyOf(p), splits, alignment, {} };
}

bool gather(Problem& p, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
            cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d) {
    auto t = findDesc(desc);
    auto la = findLayout(a), lb = findLayout(b), lc = findLayout(c), ld = findLayout(d);
    if (!t || !la || !lb || !lc || !ld) return false;
    p = { *t, *la, *lb, *lc, *ld };
    return true;
}

Verdict check(const Problem& p) {
    Verdict verdict = checkConsistent(p);
    if (verdict.status == CUBLAS_STATUS_SUCCESS) verdict = checkSupported(p);
    return verdict;
}

cublasStatus_t answer(const char* function, const Verdict& verdict) {
    traceDetail(verdict.why);
    // Not supported is an answer which callers must expect; invalid is a mistake of theirs.
    if (verdict.status == CUBLAS_STATUS_INVALID_VALUE) report(std::string(function) + ": " + verdict.why);
    return verdict.status;
}

/// With wide loads every row must start at a multiple of 16 bytes; without them anything goes.
uint64_t usableAlignment(const Problem& p, const MatmulPreference& preference) {
    const MatrixLayout* layouts[] = { &p.a, &p.b, &p.c, &p.d };
    for (int i = 0; i < 4; i++)
        if (preference.alignment[i] < 16 || layouts[i]->ld * int64_t(elementBytes(layouts[i]->type)) % 16) return 0;
    return 16;
}

MatrixPlace placeOf(const MatrixLayout& l, const void* data) {
    MatrixPlace place;
    place.data = const_cast<void*>(data);
    place.type = l.type;
    place.rows = int64_t(l.rows);
    place.columns = int64_t(l.columns);
    place.ld = l.ld;
    place.rowMajor = l.order == CUBLASLT_ORDER_ROW;
    place.batchStride = l.batchStride;
    return place;
}

Product makeProduct(const Problem& p, uint64_t splits) {
    const MatmulDesc& t = p.desc;
    Product product;
    product.name = format("cublasLtMatmul %lldx%lldx%lld epilogue %u", (long long)p.m(), (long long)p.n(),
                          (long long)p.k(), t.epilogue);
    product.m = p.m(); product.n = p.n(); product.k = p.k();
    product.transposeA = t.transposeA; product.transposeB = t.transposeB;
    product.compute = t.compute;
    product.batches = p.d.batches;
    product.splits = int(splits);
    product.rounding = p.a.type == CUDA_R_32F ? roundingOf(t.compute) : Rounding::None;
    product.epilogue = t.epilogue;
    if (hasBiasInput(t.epilogue) || hasBiasGradient(t.epilogue)) product.bias = t.bias;
    product.biasType = p.biasType();
    product.biasStride = t.biasStride;
    if (writesAux(t.epilogue) || readsAux(t.epilogue)) product.aux = t.aux;
    product.auxType = p.auxType();
    product.auxLd = t.auxLd;
    product.auxStride = t.auxStride;
    product.scaleA = static_cast<float*>(t.scaleA);
    product.scaleB = static_cast<float*>(t.scaleB);
    product.scaleC = static_cast<float*>(t.scaleC);
    product.scaleD = static_cast<float*>(t.scaleD);
    product.auxScale = static_cast<float*>(t.auxScale);
    product.amaxD = static_cast<float*>(t.amaxD);
    product.auxAmax = static_cast<float*>(t.auxAmax);
    return product;
}

Verdict checkAlgo(const Problem& p, const Algo& algo, const void* const pointers[4], const void* workspace,
                  size_t workspaceBytes) {
    if (algo.magic != algoMagic) return { CUBLAS_STATUS_INVALID_VALUE, "no algorithm of this library" };
    if (algo.key != keyOf(p)) return { CUBLAS_STATUS_NOT_SUPPORTED, "an algorithm found for another kind of product" };
    for (int i = 0; pointers && i < 4; i++)
        if (deviceAlignment(pointers[i]) < algo.alignment)
            return { CUBLAS_STATUS_NOT_SUPPORTED,
                     format("the algorithm needs matrix %c aligned to 16 bytes; ask the heuristic with "
                            "its true alignment",
                            "ABCD"[i]) };
    size_t needed = workspaceFor(p, algo.splits);
    if (pointers && needed && (!workspace || workspaceBytes < needed || deviceAlignment(workspace) < 16))
        return { CUBLAS_STATUS_INVALID_VALUE,
                 format("the algorithm needs %zu bytes of workspace aligned to 16, given %zu", needed,
                        workspaceBytes) };
    return {};
}
}
}

using namespace mcsim;

#define LT_CALL(function, needs) ::mcsim::Call call(#function, ::mcsim::Needs::needs); \
    if (call.refused()) return statusOf(call.refused())

MCSIM_API cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc,
                                                        cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                                        cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                                        cublasLtMatmulPreference_t preferenceHandle, int requested,
                                                        cublasLtMatmulHeuristicResult_t results[], int* returned) {
    LT_CALL(cublasLtMatmulAlgoGetHeuristic, Context);
    if (!isLtHandle(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    auto preference = findPreference(preferenceHandle);
    Problem p;
    if (!returned || !results || requested <= 0 || !preference || !gather(p, desc, a, b, c, d))
        return answer("cublasLtMatmulAlgoGetHeuristic",
                      { CUBLAS_STATUS_INVALID_VALUE, "a null pointer or a destroyed object" });
    *returned = 0;
    Verdict verdict = check(p);
    if (verdict.status == CUBLAS_STATUS_SUCCESS && refusedOnPurpose(p))
        verdict = { CUBLAS_STATUS_NOT_SUPPORTED, "refused on purpose" };
    if (verdict.status) return answer("cublasLtMatmulAlgoGetHeuristic", verdict);
    uint64_t alignment = usableAlignment(p, *preference);
    for (uint64_t splits : { 1, 2, 4, 8 }) {
        size_t workspace = workspaceFor(p, splits);
        if (*returned == requested || workspace > preference->maxWorkspace ||
            (splits > 1 && p.k() < int64_t(splits) * 16))
            break;
        cublasLtMatmulHeuristicResult_t& result = results[(*returned)++];
        std::memset(&result, 0, sizeof result);
        Algo algo = makeAlgo(p, splits, alignment);
        std::memcpy(&result.algo, &algo, sizeof algo);
        result.workspaceSize = workspace;
        result.wavesCount = 1.0f;
    }
    return CUBLAS_STATUS_SUCCESS;
}

MCSIM_API cublasStatus_t cublasLtMatmulAlgoCheck(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc,
                                                 cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                                 cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                                 const cublasLtMatmulAlgo_t* algoBytes,
                                                 cublasLtMatmulHeuristicResult_t* result) {
    LT_CALL(cublasLtMatmulAlgoCheck, Context);
    if (!isLtHandle(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    Problem p;
    if (!algoBytes || !result || !gather(p, desc, a, b, c, d))
        return answer("cublasLtMatmulAlgoCheck",
                      { CUBLAS_STATUS_INVALID_VALUE, "a null pointer or a destroyed object" });
    Algo algo;
    std::memcpy(&algo, algoBytes, sizeof algo);
    Verdict verdict = check(p);
    if (verdict.status == CUBLAS_STATUS_SUCCESS) verdict = checkAlgo(p, algo, nullptr, nullptr, 0);
    std::memset(result, 0, sizeof *result);
    result->algo = *algoBytes;
    result->state = verdict.status;
    result->workspaceSize = verdict.status ? 0 : workspaceFor(p, algo.splits);
    result->wavesCount = 1.0f;
    return answer("cublasLtMatmulAlgoCheck", verdict);
}

MCSIM_API cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, const void* alpha,
                                        const void* a, cublasLtMatrixLayout_t layoutA, const void* b,
                                        cublasLtMatrixLayout_t layoutB, const void* beta, const void* c,
                                        cublasLtMatrixLayout_t layoutC, void* d, cublasLtMatrixLayout_t layoutD,
                                        const cublasLtMatmulAlgo_t* algoBytes, void* workspace, size_t workspaceBytes,
                                        CUstream stream) {
    LT_CALL(cublasLtMatmul, Context);
    if (!isLtHandle(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    Problem p;
    if (!alpha || !beta || !gather(p, desc, layoutA, layoutB, layoutC, layoutD))
        return answer("cublasLtMatmul", { CUBLAS_STATUS_INVALID_VALUE, "a null pointer or a destroyed object" });
    const void* pointers[] = { a, b, c ? c : d, d };
    Verdict verdict = check(p);
    if (verdict.status == CUBLAS_STATUS_SUCCESS && !algoBytes && refusedOnPurpose(p))
        verdict = { CUBLAS_STATUS_NOT_SUPPORTED, "refused on purpose" };
    if (verdict.status == CUBLAS_STATUS_SUCCESS)
        verdict = checkAddresses(p, pointers[0], pointers[1], pointers[2], pointers[3]);
    Algo algo = makeAlgo(p, 1, 0);
    if (algoBytes) std::memcpy(&algo, algoBytes, sizeof algo);
    if (verdict.status == CUBLAS_STATUS_SUCCESS) verdict = checkAlgo(p, algo, pointers, workspace, workspaceBytes);
    if (verdict.status) return answer("cublasLtMatmul", verdict);
    Product product = makeProduct(p, algo.splits);
    bool onDevice = p.desc.pointerMode == CUBLAS_POINTER_MODE_DEVICE;
    product.alpha = makeFactor(alpha, p.desc.scaleType, onDevice);
    product.beta = makeFactor(beta, p.desc.scaleType, onDevice);
    product.a = placeOf(p.a, a);
    product.b = placeOf(p.b, b);
    product.c = placeOf(p.c, pointers[2]);
    product.d = placeOf(p.d, d);
    product.workspace = workspace;
    product.workspaceBytes = workspaceFor(p, algo.splits);
    return enqueueProduct(product, stream, "cublasLt");
}
