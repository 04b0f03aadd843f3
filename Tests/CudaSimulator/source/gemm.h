// Matrix products in fp32 over operands of any type: the arithmetic under cuBLAS and cuBLASLt.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mcsim {

/// How fp32 operands are rounded before they are multiplied.
enum class Rounding { None, Tf32, Bf16, F16 };

/// Element (i, j) lies `i * rowStride + j * columnStride` elements after `data`.
struct Operand {
    const void* data = nullptr;
    int type = 0;
    int64_t rowStride = 1, columnStride = 1;
    Rounding rounding = Rounding::None;
};

size_t elementBytes(int type);
bool isFp8(int type);
float readElement(int type, const void* data, int64_t index);
void writeElement(int type, void* data, int64_t index, float value);

/// result[j * m + i] = sum over k of a(i, k) * b(k, j), accumulated in fp32 in `splits` parts of k.
void multiply(const Operand& a, const Operand& b, int64_t m, int64_t n, int64_t k, int splits, float* result);
/// The same for bytes, exact.
void multiplyIntegers(const Operand& a, const Operand& b, int64_t m, int64_t n, int64_t k, int32_t* result);

}
