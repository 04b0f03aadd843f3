// Executes products: multiply, scale, epilogue, store; see matmul.h.
#include "matmul.h"
#include <cmath>
#include <cstring>
#include <vector>
#include "memory.h"
#include "stream.h"

namespace mcsim {
namespace {

constexpr unsigned auxBit = 128, reluBit = 2, biasBit = 4, dreluBit = 8, bgradBit = 16, geluBit = 32, dgeluBit = 64;

float gelu(float x) {
    return 0.5f * x * (1.0f + std::tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
}

float geluGradient(float x) {
    float t = std::tanh(0.7978845608f * (x + 0.044715f * x * x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.7978845608f * (1.0f + 3.0f * 0.044715f * x * x);
}

/// One batch of a product while its results are stored.
class Store {
public:
    Store(const Product& p, int batch) : p_(p), batch_(batch) {
        alpha_ = p.alpha.read() * (p.scaleA ? *p.scaleA : 1.0f) * (p.scaleB ? *p.scaleB : 1.0f);
        beta_ = p.beta.read();
        scaleC_ = p.scaleC ? *p.scaleC : 1.0f;
        scaleD_ = p.scaleD && isFp8(p.d.type) ? *p.scaleD : 1.0f;
        auxScale_ = p.auxScale ? *p.auxScale : 1.0f;
        biasAt_ = int64_t(batch) * p.biasStride;
        auxAt_ = int64_t(batch) * p.auxStride;
        if (p.epilogue & bgradBit && !(p.epilogue & (256 | 512))) sums_.assign(size_t(p.m), 0.0f);
    }

    void run(const float* product) {
        for (int64_t j = 0; j < p_.n; j++)
            for (int64_t i = 0; i < p_.m; i++) store(i, j, product[j * p_.m + i]);
        for (size_t i = 0; i < sums_.size(); i++) writeElement(p_.biasType, p_.bias, biasAt_ + int64_t(i), sums_[i]);
        if (p_.amaxD) *p_.amaxD = batch_ ? std::fmax(*p_.amaxD, largest_) : largest_;
        if (p_.auxAmax) *p_.auxAmax = batch_ ? std::fmax(*p_.auxAmax, largestAux_) : largestAux_;
    }

private:
    void store(int64_t i, int64_t j, float sum) {
        float value = alpha_ * sum;
        if (beta_ != 0.0f)
            value += beta_ * scaleC_ * readElement(p_.c.type, p_.c.data, place(p_.c, i, j));
        if (hasBiasInput(p_.epilogue)) value += readElement(p_.biasType, p_.bias, biasAt_ + i);
        value = activate(value, i, j);
        if (!sums_.empty()) sums_[size_t(i)] += value;
        largest_ = std::fmax(largest_, std::fabs(value));
        writeElement(p_.d.type, p_.d.data, place(p_.d, i, j), value * scaleD_);
    }

    int64_t place(const MatrixPlace& matrix, int64_t i, int64_t j) const {
        return int64_t(batch_) * matrix.batchStride + i * matrix.rowStep() + j * matrix.columnStep();
    }

    float activate(float value, int64_t i, int64_t j) {
        unsigned e = p_.epilogue;
        if (e == CUBLASLT_EPILOGUE_DEFAULT || e >= CUBLASLT_EPILOGUE_BGRADA) return value;
        int64_t at = auxAt_ + i + j * p_.auxLd;
        if (e & dgeluBit) return value * geluGradient(readElement(p_.auxType, p_.aux, at) * auxScale_);
        if (e & dreluBit) return bits()[at / 8] >> (at % 8) & 1 ? value : 0.0f;
        if (e & geluBit) {
            if (e & auxBit) storeAux(at, value);
            return gelu(value);
        }
        if (e & reluBit) {
            if (e & auxBit) storeBit(at, value > 0.0f);
            return value > 0.0f || value != value ? value : 0.0f;
        }
        return value;
    }

    void storeAux(int64_t at, float value) {
        largestAux_ = std::fmax(largestAux_, std::fabs(value));
        writeElement(p_.auxType, p_.aux, at, isFp8(p_.auxType) ? value * auxScale_ : value);
    }

    unsigned char* bits() const { return static_cast<unsigned char*>(p_.aux); }

    void storeBit(int64_t at, bool bit) {
        unsigned char mask = (unsigned char)(1u << (at % 8));
        bits()[at / 8] = (unsigned char)(bit ? bits()[at / 8] | mask : bits()[at / 8] & ~mask);
    }

    const Product& p_;
    int batch_;
    float alpha_, beta_, scaleC_, scaleD_, auxScale_, largest_ = 0, largestAux_ = 0;
    int64_t biasAt_, auxAt_;
    std::vector<float> sums_;
};

Operand operandOf(const MatrixPlace& matrix, bool transpose, int batch, Rounding rounding) {
    Operand o;
    o.data = static_cast<const char*>(matrix.data) +
             int64_t(batch) * matrix.batchStride * int64_t(elementBytes(matrix.type));
    o.type = matrix.type;
    o.rowStride = transpose ? matrix.columnStep() : matrix.rowStep();
    o.columnStride = transpose ? matrix.rowStep() : matrix.columnStep();
    o.rounding = rounding;
    return o;
}

/// The sums over k of A's rows or B's columns.
void sumOperand(const Product& p, const Operand& o, bool ofA, int batch) {
    int64_t count = ofA ? p.m : p.n, step = ofA ? o.rowStride : o.columnStride,
            along = ofA ? o.columnStride : o.rowStride;
    for (int64_t i = 0; i < count; i++) {
        float sum = 0;
        for (int64_t k = 0; k < p.k; k++) sum += readElement(o.type, o.data, i * step + k * along);
        writeElement(p.biasType, p.bias, int64_t(batch) * p.biasStride + i, sum);
    }
}

void storeIntegers(const Product& p, const std::vector<int32_t>& product, int batch) {
    for (int64_t j = 0; j < p.n; j++)
        for (int64_t i = 0; i < p.m; i++) {
            int64_t at = int64_t(batch) * p.d.batchStride + i * p.d.rowStep() + j * p.d.columnStep();
            int64_t cAt = int64_t(batch) * p.c.batchStride + i * p.c.rowStep() + j * p.c.columnStep();
            int32_t sum = product[size_t(j * p.m + i)];
            if (p.d.type != CUDA_R_32I) { writeElement(p.d.type, p.d.data, at, float(sum) * p.alpha.read()); continue; }
            auto* d = static_cast<int32_t*>(p.d.data);
            auto* c = static_cast<const int32_t*>(p.c.data);
            int32_t before = p.beta.read() != 0.0f ? int32_t(p.beta.read()) * c[cAt] : 0;
            d[at] = int32_t(p.alpha.read()) * sum + before;
        }
}

size_t auxBytes(const Product& p) {
    int64_t elements = (p.n - 1) * p.auxLd + p.m + int64_t(p.batches - 1) * p.auxStride;
    return auxIsBits(p.epilogue) ? size_t(elements + 7) / 8 : size_t(elements) * elementBytes(p.auxType);
}

int64_t biasLength(const Product& p) { return p.epilogue == CUBLASLT_EPILOGUE_BGRADB ? p.n : p.m; }

size_t biasBytes(const Product& p) {
    return size_t(biasLength(p) + int64_t(p.batches - 1) * p.biasStride) * elementBytes(p.biasType);
}

bool allInside(const Product& p) {
    auto inside = [&](const void* data, size_t bytes, const char* what) {
        return validRange(CUdeviceptr(data), bytes, (p.name + ": " + what).c_str());
    };
    bool good = inside(p.a.data, p.a.bytes(p.batches), "matrix A") &&
                inside(p.b.data, p.b.bytes(p.batches), "matrix B") &&
                inside(p.d.data, p.d.bytes(p.batches), "matrix D");
    if (good && p.beta.read() != 0.0f) good = inside(p.c.data, p.c.bytes(p.batches), "matrix C");
    if (good && p.bias) good = inside(p.bias, biasBytes(p), "bias");
    if (good && p.aux) good = inside(p.aux, auxBytes(p), "auxiliary matrix");
    if (good && p.workspaceBytes) good = inside(p.workspace, p.workspaceBytes, "workspace");
    return good;
}

/// Under MCSIM_CHECK: every element that is read was written by somebody.
bool matrixWritten(const Product& p, const MatrixPlace& matrix, const char* what) {
    int64_t lines = matrix.rowMajor ? matrix.rows : matrix.columns,
            length = matrix.rowMajor ? matrix.columns : matrix.rows;
    int64_t size = int64_t(elementBytes(matrix.type));
    for (int64_t line = 0; line < lines * p.batches; line++) {
        int64_t at = line / lines * matrix.batchStride + line % lines * matrix.ld;
        if (wasWritten(uintptr_t(matrix.data) + uintptr_t(at * size), size_t(length * size))) continue;
        report(p.name + ": " + what + " holds elements that nobody wrote");
        return false;
    }
    return true;
}

bool inputsWritten(const Product& p) {
    bool good = matrixWritten(p, p.a, "matrix A") && matrixWritten(p, p.b, "matrix B");
    if (good && p.beta.read() != 0.0f) good = matrixWritten(p, p.c, "matrix C");
    if (good && hasBiasInput(p.epilogue) && !wasWritten(uintptr_t(p.bias), biasBytes(p))) {
        report(p.name + ": the bias holds elements that nobody wrote");
        return false;
    }
    return good;
}

}

size_t MatrixPlace::bytes(int batches) const {
    int64_t lines = rowMajor ? rows : columns, length = rowMajor ? columns : rows;
    return size_t((lines - 1) * ld + length + int64_t(batches - 1) * batchStride) * elementBytes(type);
}

float Factor::read() const { return device ? readElement(type, device, 0) : value; }

Factor makeFactor(const void* pointer, int scaleType, bool onDevice) {
    Factor factor;
    factor.type = scaleType;
    if (onDevice) factor.device = pointer;
    else factor.value = pointer ? readElement(scaleType, pointer, 0) : 0.0f;
    return factor;
}

bool hasBiasInput(unsigned e) { return e < CUBLASLT_EPILOGUE_BGRADA && (e & biasBit); }
bool hasBiasGradient(unsigned e) { return e >= CUBLASLT_EPILOGUE_BGRADA || (e & bgradBit); }
bool writesAux(unsigned e) { return e < CUBLASLT_EPILOGUE_BGRADA && (e & auxBit) && (e & (reluBit | geluBit)); }
bool readsAux(unsigned e) { return e < CUBLASLT_EPILOGUE_BGRADA && (e & (dreluBit | dgeluBit)); }
bool auxIsBits(unsigned e) { return e < CUBLASLT_EPILOGUE_BGRADA && (e & auxBit) && (e & (reluBit | dreluBit)); }

CUresult runProduct(const Product& p) {
    if (!allInside(p)) return CUDA_ERROR_ILLEGAL_ADDRESS;
    if (!inputsWritten(p)) return CUDA_ERROR_LAUNCH_FAILED;
    // Whatever lies in the workspace is lost, as on the hardware.
    if (p.workspaceBytes) std::memset(p.workspace, 0xff, p.workspaceBytes);
    bool integers = p.compute == CUBLAS_COMPUTE_32I;
    std::vector<float> product(integers ? 0 : size_t(p.m * p.n));
    std::vector<int32_t> sums(integers ? size_t(p.m * p.n) : 0);
    for (int batch = 0; batch < p.batches; batch++) {
        Operand a = operandOf(p.a, p.transposeA, batch, p.rounding),
                b = operandOf(p.b, p.transposeB, batch, p.rounding);
        if (integers) {
            multiplyIntegers(a, b, p.m, p.n, p.k, sums.data());
            storeIntegers(p, sums, batch);
            continue;
        }
        multiply(a, b, p.m, p.n, p.k, p.splits, product.data());
        if (p.epilogue == CUBLASLT_EPILOGUE_BGRADA) sumOperand(p, a, true, batch);
        if (p.epilogue == CUBLASLT_EPILOGUE_BGRADB) sumOperand(p, b, false, batch);
        Store(p, batch).run(product.data());
    }
    markWritten(uintptr_t(p.d.data), p.d.bytes(p.batches));
    if (p.bias && hasBiasGradient(p.epilogue)) markWritten(uintptr_t(p.bias), biasBytes(p));
    if (p.aux && writesAux(p.epilogue)) markWritten(uintptr_t(p.aux), auxBytes(p));
    for (float* amax : { p.amaxD, p.auxAmax })
        if (amax) markWritten(uintptr_t(amax), sizeof *amax);
    return CUDA_SUCCESS;
}

cublasStatus_t enqueueProduct(const Product& product, CUstream streamHandle, const char* library) {
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUBLAS_STATUS_INVALID_VALUE;
    traceDetail(product.name);
    auto kept = std::make_shared<Product>(product);
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_KERNEL;
    work.name = product.name;
    work.run = [kept, library] {
        countKernel(library);
        return runProduct(*kept);
    };
    return statusOf(enqueue(stream, std::move(work)));
}

size_t deviceAlignment(const void* pointer) {
    uintptr_t address = uintptr_t(pointer);
    if (auto allocation = deviceMemory().find(address, 0)) address -= allocation->address;
    return address ? size_t(address & -address) : 256;
}

Rounding roundingOf(int compute) {
    switch (compute) {
    case CUBLAS_COMPUTE_32F_FAST_TF32: return Rounding::Tf32;
    case CUBLAS_COMPUTE_32F_FAST_16BF: return Rounding::Bf16;
    case CUBLAS_COMPUTE_32F_FAST_16F: return Rounding::F16;
    default: return Rounding::None;
    }
}

cublasStatus_t statusOf(CUresult code) {
    switch (code) {
    case CUDA_SUCCESS: return CUBLAS_STATUS_SUCCESS;
    case CUDA_ERROR_NOT_INITIALIZED: case CUDA_ERROR_INVALID_CONTEXT: return CUBLAS_STATUS_NOT_INITIALIZED;
    case CUDA_ERROR_OUT_OF_MEMORY: return CUBLAS_STATUS_ALLOC_FAILED;
    default: return CUBLAS_STATUS_EXECUTION_FAILED;
    }
}

}
