// What cuBLASLt accepts: consistency, documented combinations of types, restrictions of epilogues and of fp8 and int8.
#include "blaslt.h"
#include "config.h"

namespace mcsim {
namespace {

Verdict invalid(const std::string& why) { return { CUBLAS_STATUS_INVALID_VALUE, why }; }
Verdict unsupported(const std::string& why) { return { CUBLAS_STATUS_NOT_SUPPORTED, why }; }

bool fitsLd(const MatrixLayout& l) {
    return l.ld >= int64_t(l.order == CUBLASLT_ORDER_ROW ? l.columns : l.rows);
}

bool knownEpilogue(unsigned e) {
    switch (e) {
    case CUBLASLT_EPILOGUE_DEFAULT:
    case CUBLASLT_EPILOGUE_RELU:
    case CUBLASLT_EPILOGUE_BIAS:
    case CUBLASLT_EPILOGUE_RELU_BIAS:
    case CUBLASLT_EPILOGUE_GELU: case CUBLASLT_EPILOGUE_GELU_BIAS: case CUBLASLT_EPILOGUE_RELU_AUX:
    case CUBLASLT_EPILOGUE_RELU_AUX_BIAS: case CUBLASLT_EPILOGUE_DRELU: case CUBLASLT_EPILOGUE_DRELU_BGRAD:
    case CUBLASLT_EPILOGUE_GELU_AUX: case CUBLASLT_EPILOGUE_GELU_AUX_BIAS: case CUBLASLT_EPILOGUE_DGELU:
    case CUBLASLT_EPILOGUE_DGELU_BGRAD: case CUBLASLT_EPILOGUE_BGRADA: case CUBLASLT_EPILOGUE_BGRADB: return true;
    default: return false;
    }
}

bool isFloatCompute(int compute) {
    return compute == CUBLAS_COMPUTE_32F || compute == CUBLAS_COMPUTE_32F_PEDANTIC ||
        compute == CUBLAS_COMPUTE_32F_FAST_16F || compute == CUBLAS_COMPUTE_32F_FAST_16BF ||
        compute == CUBLAS_COMPUTE_32F_FAST_TF32;
}

Verdict checkFp8(const Problem& p) {
    int c = p.c.type, d = p.d.type;
    if (!isFp8(p.a.type) || !isFp8(p.b.type)) return unsupported("fp8 is multiplied with fp8 only");
    if (p.a.type == CUDA_R_8F_E5M2 && p.b.type == CUDA_R_8F_E5M2) return unsupported("E5M2 with E5M2");
    if (p.desc.compute != CUBLAS_COMPUTE_32F || p.desc.scaleType != CUDA_R_32F)
        return unsupported("fp8 needs 32F compute and scale");
    if (!p.desc.transposeA || p.desc.transposeB) return unsupported("fp8 needs A transposed and B not (TN)");
    if (p.a.ld % 16 || p.b.ld % 16 || p.c.ld * int64_t(elementBytes(c)) % 16 || p.d.ld * int64_t(elementBytes(d)) % 16)
        return unsupported("fp8 needs leading dimensions of a multiple of 16 bytes");
    if (p.m() % 16 || p.k() % 16) return unsupported("fp8 needs m and k to be multiples of 16");
    bool halfC = c == CUDA_R_16BF || c == CUDA_R_16F;
    if (isFp8(d)) {
        if (!halfC) return unsupported("an fp8 D needs C in bf16 or fp16");
        if (d == CUDA_R_8F_E5M2 && p.a.type == CUDA_R_8F_E4M3 && p.b.type == CUDA_R_8F_E4M3)
            return unsupported("E4M3 with E4M3 gives no E5M2");
    } else if (c != d || !(halfC || c == CUDA_R_32F)) {
        return unsupported("fp8 gives bf16, fp16, fp32 or fp8");
    }
    if (p.desc.scaleModeA || p.desc.scaleModeB) return unsupported("only scalar scales are simulated");
    if (p.desc.epilogue >= CUBLASLT_EPILOGUE_BGRADA) return unsupported("bias gradients of fp8 operands");
    if ((hasBiasInput(p.desc.epilogue) || hasBiasGradient(p.desc.epilogue)) &&
        p.biasType() != (c == CUDA_R_16F ? CUDA_R_16F : CUDA_R_16BF))
        return unsupported("fp8 needs a bias in bf16 (fp16 where C is fp16)");
    if (config().computeCapability < 89) return unsupported("fp8 needs compute capability 8.9");
    return {};
}

Verdict checkIntegers(const Problem& p) {
    bool exact = p.desc.scaleType == CUDA_R_32I && p.c.type == CUDA_R_32I && p.d.type == CUDA_R_32I;
    bool scaled = p.desc.scaleType == CUDA_R_32F && p.c.type == CUDA_R_8I && p.d.type == CUDA_R_8I;
    if (p.a.type != CUDA_R_8I || p.b.type != CUDA_R_8I || !(exact || scaled))
        return unsupported("int8 gives int32, or int8 by fp32 scales");
    if (!p.desc.transposeA || p.desc.transposeB) return unsupported("int8 needs A transposed and B not (TN)");
    if (p.m() % 4 || p.n() % 4 || p.k() % 4 || p.a.ld % 4 || p.b.ld % 4)
        return unsupported("int8 needs extents that are multiples of 4");
    if (p.desc.epilogue != CUBLASLT_EPILOGUE_DEFAULT) return unsupported("epilogues of int8 are not simulated");
    return {};
}

Verdict checkFloats(const Problem& p) {
    int a = p.a.type, c = p.c.type;
    if (a != p.b.type || c != p.d.type) return unsupported("A and B, and C and D, must have equal types");
    if (p.desc.compute == CUBLAS_COMPUTE_16F)
        return a == CUDA_R_16F && c == CUDA_R_16F && p.desc.scaleType == CUDA_R_16F
                   ? Verdict{}
                   : unsupported("16F compute is all fp16");
    if (!isFloatCompute(p.desc.compute) || p.desc.scaleType != CUDA_R_32F)
        return unsupported("this compute type with this scale type");
    bool fast = p.desc.compute > CUBLAS_COMPUTE_32F_PEDANTIC;
    bool half = a == CUDA_R_16BF || a == CUDA_R_16F;
    bool good = a == CUDA_R_32F ? c == CUDA_R_32F
                : half          ? !fast && (c == a || c == CUDA_R_32F)
                                : a == CUDA_R_8I && c == CUDA_R_32F && !fast;
    return good ? Verdict{} : unsupported("this combination of A, C and compute types");
}

Verdict checkEpilogue(const Problem& p) {
    unsigned e = p.desc.epilogue;
    if (e == CUBLASLT_EPILOGUE_DEFAULT) return {};
    if (p.d.order != CUBLASLT_ORDER_COL) return unsupported("epilogues need a column-major D");
    bool usesBias = hasBiasInput(e) || hasBiasGradient(e);
    if (usesBias && !p.desc.bias) return invalid("the epilogue needs a bias pointer");
    if (usesBias && !isFp8(p.a.type) && p.biasType() != p.d.type) return unsupported("the bias must have D's type");
    if (usesBias && p.d.batches > 1 && p.desc.biasStride == 0 && hasBiasGradient(e))
        return unsupported("bias gradients of a batch need a stride");
    if (!writesAux(e) && !readsAux(e)) return {};
    if (!p.desc.aux) return invalid("the epilogue needs an auxiliary pointer");
    if (p.desc.auxLd < p.m()) return invalid("the auxiliary leading dimension is smaller than D's rows");
    if (p.desc.auxLd % (auxIsBits(e) ? 128 : 8))
        return unsupported(auxIsBits(e) ? "a bit mask's leading dimension must be a multiple of 128"
                                        : "the auxiliary leading dimension must be a multiple of 8");
    if (deviceAlignment(p.desc.aux) < 16) return unsupported("the auxiliary matrix must be aligned to 16 bytes");
    if (p.d.batches > 1 && p.desc.auxStride == 0) return invalid("the auxiliary matrices of a batch need a stride");
    if (!auxIsBits(e) && p.auxType() != p.d.type &&
        !(isFp8(p.a.type) && (isFp8(p.auxType()) || p.auxType() == p.c.type)))
        return unsupported("the auxiliary matrix must have D's type");
    return {};
}

uint64_t mix(uint64_t h, uint64_t value) { return (h ^ value) * 0x100000001b3ull; }

}

int Problem::biasType() const {
    if (desc.biasType >= 0) return desc.biasType;
    if (isFp8(a.type)) return c.type == CUDA_R_16F ? CUDA_R_16F : CUDA_R_16BF;
    return d.type;
}

Verdict checkConsistent(const Problem& p) {
    const MatmulDesc& t = p.desc;
    if (t.transposeA < 0 || t.transposeA > 2 || t.transposeB < 0 || t.transposeB > 2)
        return invalid("an unknown transposition");
    if (!knownEpilogue(t.epilogue)) return invalid(format("an unknown epilogue %u", t.epilogue));
    if (p.m() <= 0 || p.n() <= 0 || p.k() <= 0) return invalid("an extent of 0");
    uint64_t rowsA = t.transposeA ? p.a.columns : p.a.rows, innerB = t.transposeB ? p.b.columns : p.b.rows;
    uint64_t columnsB = t.transposeB ? p.b.rows : p.b.columns;
    if (rowsA != p.d.rows || columnsB != p.d.columns || int64_t(innerB) != p.k())
        return invalid(format("op(A) is %llux%lld, op(B) %llux%llu, D %llux%llu", (unsigned long long)rowsA,
                              (long long)p.k(), (unsigned long long)innerB, (unsigned long long)columnsB,
                              (unsigned long long)p.d.rows, (unsigned long long)p.d.columns));
    if (p.c.rows != p.d.rows || p.c.columns != p.d.columns || p.c.order != p.d.order)
        return invalid("C and D differ in shape or order");
    for (const MatrixLayout* l : { &p.a, &p.b, &p.c, &p.d }) {
        if (l->order != CUBLASLT_ORDER_COL && l->order != CUBLASLT_ORDER_ROW)
            return unsupported("this order is not simulated");
        if (!fitsLd(*l)) return invalid("a leading dimension is smaller than its matrix");
        if (l->batches != p.d.batches || l->batches < 1) return invalid("the batch counts differ");
    }
    if (p.d.batches > 1 && p.d.batchStride == 0) return invalid("the results of a batch lie on one another");
    if (t.pointerMode != CUBLAS_POINTER_MODE_HOST && t.pointerMode != CUBLAS_POINTER_MODE_DEVICE)
        return unsupported("only scalar pointer modes are simulated");
    return {};
}

Verdict checkSupported(const Problem& p) {
    bool fp8 = isFp8(p.a.type) || isFp8(p.b.type) || isFp8(p.c.type) || isFp8(p.d.type);
    Verdict types = fp8 ? checkFp8(p) : p.desc.compute == CUBLAS_COMPUTE_32I ? checkIntegers(p) : checkFloats(p);
    if (types.status) return types;
    const MatmulDesc& t = p.desc;
    if (!fp8 && (t.scaleA || t.scaleB || t.scaleC || t.scaleD || t.auxScale || t.fastAccumulation))
        return unsupported("scales and fast accumulation are for fp8");
    if (t.amaxD && !isFp8(p.d.type)) return unsupported("an amax of D is for an fp8 D");
    if (p.a.type == CUDA_R_16BF && config().computeCapability < 80)
        return unsupported("bf16 needs compute capability 8.0");
    return checkEpilogue(p);
}

Verdict checkAddresses(const Problem& p, const void* a, const void* b, const void* c, const void* d) {
    const void* pointers[] = { a, b, c, d };
    const MatrixLayout* layouts[] = { &p.a, &p.b, &p.c, &p.d };
    bool fp8 = isFp8(p.a.type);
    for (int i = 0; i < 4; i++) {
        size_t needed = fp8 ? 16 : p.a.type == CUDA_R_8I ? 4 : elementBytes(layouts[i]->type);
        if (!pointers[i]) return invalid("a matrix has no address");
        if (deviceAlignment(pointers[i]) < needed)
            return unsupported(format("matrix %c must be aligned to %zu bytes", "ABCD"[i], needed));
    }
    if (c == d && (p.c.type != p.d.type || p.c.ld != p.d.ld))
        return invalid("C and D share memory but not their layout");
    return {};
}

bool refusedOnPurpose(const Problem& p) {
    bool fused = p.desc.epilogue != CUBLASLT_EPILOGUE_DEFAULT;
    switch (config().refusal) {
    case Refusal::None: return false;
    case Refusal::All: return true;
    case Refusal::Epilogues: return fused;
    case Refusal::Hashed: break;
    }
    uint64_t h = 0xcbf29ce484222325ull;
    for (uint64_t value :
         { uint64_t(p.m()), uint64_t(p.n()), uint64_t(p.k()), uint64_t(p.desc.epilogue), uint64_t(p.a.type) })
        h = mix(h, value);
    return fused && (h >> 20) % config().refusalModulus == 0;
}

}
