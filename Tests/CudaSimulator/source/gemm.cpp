// Packs both operands into fp32 panels and multiplies them tile by tile; see gemm.h.
#include "gemm.h"
#include <algorithm>
#include <cstring>
#include <vector>
#include "../api/cublas.h"
#include "../kernel/simt_formats.h"

namespace mcsim {
namespace {

typedef float Float8 __attribute__((vector_size(32), aligned(4)));

constexpr int64_t tileM = 16, tileN = 6, blockK = 256, blockM = 128;

template<class Source, float (*Decode)(Source)> std::vector<float> decodeTable() {
    std::vector<float> table(size_t(1) << (8 * sizeof(Source)));
    for (size_t i = 0; i < table.size(); i++) table[i] = Decode(Source(i));
    return table;
}

const float* f16Table() {
    static const auto table = decodeTable<unsigned short, simt::floatFromF16>();
    return table.data();
}
const float* e4m3Table() {
    static const auto table = decodeTable<unsigned char, simt::floatFromE4m3>();
    return table.data();
}
const float* e5m2Table() {
    static const auto table = decodeTable<unsigned char, simt::floatFromE5m2>();
    return table.data();
}

template<class T> T at(const void* data, int64_t index) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + index * int64_t(sizeof(T)), sizeof(T));
    return value;
}

float rounded(float value, Rounding rounding) {
    switch (rounding) {
    case Rounding::Tf32: return simt::tf32FromFloat(value);
    case Rounding::Bf16: return simt::floatFromBf16(simt::bf16FromFloat(value));
    case Rounding::F16: return simt::floatFromF16(simt::f16FromFloat(value));
    default: return value;
    }
}

/// Packs `width` rows of the operand (columns for B) side by side: panel[k * tile + i].
template<class Read>
void packPanel(Read read, int64_t major, int64_t minor, int64_t width, int64_t tile, int64_t depth, float* panel) {
    for (int64_t k = 0; k < depth; k++) {
        for (int64_t i = 0; i < width; i++) panel[k * tile + i] = read(i * major + k * minor);
        for (int64_t i = width; i < tile; i++) panel[k * tile + i] = 0;
    }
}

/// Rows first .. first + width, depths from k; `major` steps along the rows, `minor` along k.
void pack(const Operand& o, int64_t first, int64_t width, int64_t tile, int64_t k, int64_t depth, int64_t major,
          int64_t minor, float* panel) {
    int64_t base = first * major + k * minor;
    auto run = [&](auto read) {
        packPanel([&](int64_t i) { return read(base + i); }, major, minor, width, tile, depth, panel);
    };
    switch (o.type) {
    case CUDA_R_32F:
        if (o.rounding == Rounding::None) run([&](int64_t i) { return at<float>(o.data, i); });
        else run([&](int64_t i) { return rounded(at<float>(o.data, i), o.rounding); });
        break;
    case CUDA_R_16BF: run([&](int64_t i) { return simt::floatFromBf16(at<unsigned short>(o.data, i)); }); break;
    case CUDA_R_16F: run([&, t = f16Table()](int64_t i) { return t[at<unsigned short>(o.data, i)]; }); break;
    case CUDA_R_8F_E4M3: run([&, t = e4m3Table()](int64_t i) { return t[at<unsigned char>(o.data, i)]; }); break;
    case CUDA_R_8F_E5M2: run([&, t = e5m2Table()](int64_t i) { return t[at<unsigned char>(o.data, i)]; }); break;
    default: run([&](int64_t i) { return float(at<signed char>(o.data, i)); });
    }
}

/// tile[j * tileM + i] = sum over k of a[k * tileM + i] * b[k * tileN + j]. Twelve sums by name, so that they stay in
/// registers. A macro, because vectors are split for the target of the function that they are written in.
#define MULTIPLY_TILE(name, attributes) \
    attributes void name(const float* a, const float* b, int64_t depth, float* tile) { \
        Float8 s00{}, s01{}, s10{}, s11{}, s20{}, s21{}, s30{}, s31{}, s40{}, s41{}, s50{}, s51{}; \
        for (int64_t k = 0; k < depth; k++, a += tileM, b += tileN) { \
            Float8 low = *reinterpret_cast<const Float8*>(a), high = *reinterpret_cast<const Float8*>(a + 8); \
            s00 += low * b[0]; s01 += high * b[0]; \
            s10 += low * b[1]; s11 += high * b[1]; \
            s20 += low * b[2]; s21 += high * b[2]; \
            s30 += low * b[3]; s31 += high * b[3]; \
            s40 += low * b[4]; s41 += high * b[4]; \
            s50 += low * b[5]; s51 += high * b[5]; \
        } \
        Float8 sums[] = { s00, s01, s10, s11, s20, s21, s30, s31, s40, s41, s50, s51 }; \
        std::memcpy(tile, sums, sizeof sums); \
    }

MULTIPLY_TILE(multiplyTileAnywhere, )
#if defined(__x86_64__)
MULTIPLY_TILE(multiplyTileAvx2, __attribute__((target("avx2,fma"))))
const auto multiplyTile =
    __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? multiplyTileAvx2 : multiplyTileAnywhere;
#else
constexpr auto multiplyTile = multiplyTileAnywhere;
#endif
#undef MULTIPLY_TILE

void addTile(const float* tile, float* result, int64_t m, int64_t width, int64_t height) {
    for (int64_t j = 0; j < height; j++)
        for (int64_t i = 0; i < width; i++) result[j * m + i] += tile[j * tileM + i];
}

/// Adds the product over k .. k + depth into the result.
void multiplySlice(const Operand& a, const Operand& b, int64_t m, int64_t n, int64_t k, int64_t depth, float* result) {
    static thread_local std::vector<float> panelsA, panelsB;
    int64_t countN = (n + tileN - 1) / tileN;
    panelsB.resize(size_t(countN * tileN * depth));
    for (int64_t p = 0; p < countN; p++)
        pack(b, p * tileN, std::min(tileN, n - p * tileN), tileN, k, depth, b.columnStride, b.rowStride,
             &panelsB[size_t(p * tileN * depth)]);
    panelsA.resize(size_t(blockM * depth));
    for (int64_t first = 0; first < m; first += blockM) {
        int64_t rows = std::min(blockM, m - first), countM = (rows + tileM - 1) / tileM;
        for (int64_t p = 0; p < countM; p++)
            pack(a, first + p * tileM, std::min(tileM, rows - p * tileM), tileM, k, depth, a.rowStride, a.columnStride,
                 &panelsA[size_t(p * tileM * depth)]);
        for (int64_t q = 0; q < countN; q++)
            for (int64_t p = 0; p < countM; p++) {
                alignas(32) float tile[tileM * tileN];
                multiplyTile(&panelsA[size_t(p * tileM * depth)], &panelsB[size_t(q * tileN * depth)], depth, tile);
                addTile(tile, result + q * tileN * m + first + p * tileM, m, std::min(tileM, rows - p * tileM),
                        std::min(tileN, n - q * tileN));
            }
    }
}

}

size_t elementBytes(int type) {
    switch (type) {
    case CUDA_R_32F: case CUDA_R_32I: return 4;
    case CUDA_R_16F: case CUDA_R_16BF: return 2;
    case CUDA_R_8I: case CUDA_R_8F_E4M3: case CUDA_R_8F_E5M2: return 1;
    default: return 0;
    }
}

bool isFp8(int type) { return type == CUDA_R_8F_E4M3 || type == CUDA_R_8F_E5M2; }

float readElement(int type, const void* data, int64_t index) {
    switch (type) {
    case CUDA_R_32F: return at<float>(data, index);
    case CUDA_R_16BF: return simt::floatFromBf16(at<unsigned short>(data, index));
    case CUDA_R_16F: return f16Table()[at<unsigned short>(data, index)];
    case CUDA_R_8F_E4M3: return e4m3Table()[at<unsigned char>(data, index)];
    case CUDA_R_8F_E5M2: return e5m2Table()[at<unsigned char>(data, index)];
    case CUDA_R_32I: return float(at<int32_t>(data, index));
    default: return float(at<signed char>(data, index));
    }
}

void writeElement(int type, void* data, int64_t index, float value) {
    auto put = [&](auto encoded) {
        std::memcpy(static_cast<char*>(data) + index * int64_t(sizeof encoded), &encoded, sizeof encoded);
    };
    switch (type) {
    case CUDA_R_32F: put(value); break;
    case CUDA_R_16BF: put(simt::bf16FromFloat(value)); break;
    case CUDA_R_16F: put(simt::f16FromFloat(value)); break;
    case CUDA_R_8F_E4M3: put(simt::e4m3FromFloat(value)); break;
    case CUDA_R_8F_E5M2: put(simt::e5m2FromFloat(value)); break;
    case CUDA_R_32I: put(int32_t(value)); break;
    default: put((signed char)std::clamp(__builtin_rintf(value), -128.0f, 127.0f));
    }
}

void multiply(const Operand& a, const Operand& b, int64_t m, int64_t n, int64_t k, int splits, float* result) {
    std::fill_n(result, m * n, 0.0f);
    int64_t part = (k + splits - 1) / splits;
    std::vector<float> partial(splits > 1 ? size_t(m * n) : 0);
    for (int64_t begin = 0; begin < k; begin += part) {
        float* target = begin == 0 ? result : partial.data();
        if (begin) std::fill(partial.begin(), partial.end(), 0.0f);
        int64_t end = std::min(k, begin + part);
        for (int64_t slice = begin; slice < end; slice += blockK)
            multiplySlice(a, b, m, n, slice, std::min(blockK, end - slice), target);
        for (size_t i = 0; begin && i < partial.size(); i++) result[i] += partial[i];
    }
}

void multiplyIntegers(const Operand& a, const Operand& b, int64_t m, int64_t n, int64_t k, int32_t* result) {
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++) {
            int32_t sum = 0;
            for (int64_t l = 0; l < k; l++)
                sum += int(at<signed char>(a.data, i * a.rowStride + l * a.columnStride)) *
                    int(at<signed char>(b.data, l * b.rowStride + j * b.columnStride));
            result[j * m + i] = sum;
        }
}

}
