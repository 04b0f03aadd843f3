// One matrix product with everything around it, as both libraries put it into a stream.
#pragma once
#include <cstdint>
#include <string>
#include "../api/cublaslt.h"
#include "gemm.h"
#include "log.h"

namespace mcsim {

struct MatrixPlace {
    void* data = nullptr;
    int type = 0;
    int64_t rows = 0, columns = 0, ld = 0;
    bool rowMajor = false;
    int64_t batchStride = 0;
    size_t bytes(int batches) const;
    int64_t rowStep() const { return rowMajor ? ld : 1; }
    int64_t columnStep() const { return rowMajor ? 1 : ld; }
};

/// A factor: a value from the host, or an address on the device read when the work runs.
struct Factor {
    const void* device = nullptr;
    float value = 0;
    int type = 0;
    float read() const;
};

Factor makeFactor(const void* pointer, int scaleType, bool onDevice);

struct Product {
    std::string name;
    int64_t m = 0, n = 0, k = 0;
    bool transposeA = false, transposeB = false;
    MatrixPlace a, b, c, d;
    Factor alpha, beta;
    int compute = 0, batches = 1, splits = 1;
    Rounding rounding = Rounding::None;
    unsigned epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    void* bias = nullptr;
    int biasType = 0;
    int64_t biasStride = 0;
    void* aux = nullptr;
    int auxType = 0;
    int64_t auxLd = 0, auxStride = 0;
    const float *scaleA = nullptr, *scaleB = nullptr, *scaleC = nullptr, *scaleD = nullptr, *auxScale = nullptr;
    float *amaxD = nullptr, *auxAmax = nullptr;
    void* workspace = nullptr;
    size_t workspaceBytes = 0;
};

bool hasBiasInput(unsigned epilogue);
bool hasBiasGradient(unsigned epilogue);
bool writesAux(unsigned epilogue);
bool readsAux(unsigned epilogue);
bool auxIsBits(unsigned epilogue);

/// Runs on the device's side, in the order of the stream.
CUresult runProduct(const Product& product);

/// Puts the product into the stream; the status of cuBLAS.
cublasStatus_t enqueueProduct(const Product& product, CUstream stream, const char* library);

/// The alignment that an address would have on the hardware, where every allocation starts at a multiple of 256.
size_t deviceAlignment(const void* pointer);

Rounding roundingOf(int compute);
cublasStatus_t statusOf(CUresult code);
int libraryVersion();

}
