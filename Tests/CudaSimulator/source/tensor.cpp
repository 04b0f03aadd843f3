// Matrix fragments: ldmatrix, stmatrix and mma.sync in the register layouts of the PTX manual.
#include "block.h"
#include <array>
#include <cstring>
#include "config.h"
#include "../kernel/simt_formats.h"

namespace mcsim {
namespace {

using simt::MatrixShape;

typedef float Float8 __attribute__((vector_size(32), aligned(4)));

struct MoveOperand { char* row; unsigned* registers; int count; };

MoveOperand& moveOf(Warp& warp, unsigned lane) { return *static_cast<MoveOperand*>(warp.lanes[lane].operand); }

/// Where element (row, column) of matrix `matrix` lies: lane 8 * matrix + row gave the row's address.
char* element(Warp& warp, int matrix, unsigned row, unsigned column) {
    return moveOf(warp, unsigned(matrix) * 8 + row).row + column * 2;
}

/// A lane's register holds elements (lane / 4, 2 * (lane % 4)) and the one right of it; transposed: below it.
template<bool Transposed, bool Store> void performMove(Block&, Warp& warp, uint32_t) {
    for (unsigned lane = 0; lane < lanesPerWarp; lane++) {
        MoveOperand& mine = moveOf(warp, lane);
        for (int matrix = 0; matrix < mine.count; matrix++) {
            unsigned major = lane / 4, minor = lane % 4 * 2;
            for (unsigned half = 0; half < 2; half++) {
                char* memory = Transposed ? element(warp, matrix, minor + half, major)
                                          : element(warp, matrix, major, minor + half);
                char* part = reinterpret_cast<char*>(&mine.registers[matrix]) + half * 2;
                std::memcpy(Store ? memory : part, Store ? part : memory, 2);
            }
        }
    }
}

void checkRow(const Site& site, int count, const void* row, bool write) {
    Thread& me = *simtRuntime().current;
    if (me.lane >= unsigned(count) * 8) return;
    if (uintptr_t(row) % 16)
        failLaunch(site, CUDA_ERROR_MISALIGNED_ADDRESS, format("row address %p is not aligned to 16 bytes", row));
    if (!running().block->owns(row))
        failLaunch(site, CUDA_ERROR_ILLEGAL_ADDRESS, format("row address %p is not in shared memory", row));
    if (config().check) simtRuntime().access(row, 16, write, nullptr);
}

void matrixLoad(const Site& site, int count, bool transposed, unsigned* registers, const void* row) {
    checkRow(site, count, row, false);
    MoveOperand operand{ static_cast<char*>(const_cast<void*>(row)), registers, count };
    meetAligned(site, &operand, transposed ? performMove<true, false> : performMove<false, false>);
}

void matrixStore(const Site& site, int count, bool transposed, const unsigned* registers, void* row) {
    checkRow(site, count, row, true);
    MoveOperand operand{ static_cast<char*>(row), const_cast<unsigned*>(registers), count };
    meetAligned(site, &operand, transposed ? performMove<true, true> : performMove<false, true>);
}

struct MultiplyOperand { MatrixShape shape; void* d; const unsigned* a; const unsigned* b; };

MultiplyOperand& multiplyOf(Warp& warp, unsigned lane) {
    return *static_cast<MultiplyOperand*>(warp.lanes[lane].operand);
}

using Decode = float (*)(unsigned);

float decodeBf16(unsigned x) { return simt::floatFromBf16((unsigned short)x); }
float decodeF16(unsigned x) {
    static const std::vector<float> table = [] {
        std::vector<float> t(65536);
        for (unsigned i = 0; i < t.size(); i++) t[i] = simt::floatFromF16((unsigned short)i);
        return t;
    }();
    return table[x & 0xffffu];
}
float decodeTf32(unsigned x) { return simt::tf32Truncated(simt::floatOf(x)); }
float decodeE4m3(unsigned x) { return simt::floatFromE4m3((unsigned char)x); }
float decodeE5m2(unsigned x) { return simt::floatFromE5m2((unsigned char)x); }

struct Format { int k, bits; Decode a, b; };

Format formatOf(MatrixShape shape) {
    switch (shape) {
    case simt::m16n8k16Bf16: return { 16, 16, decodeBf16, decodeBf16 };
    case simt::m16n8k16F16: return { 16, 16, decodeF16, decodeF16 };
    case simt::m16n8k8Bf16: return { 8, 16, decodeBf16, decodeBf16 };
    case simt::m16n8k8F16: return { 8, 16, decodeF16, decodeF16 };
    case simt::m16n8k8Tf32: return { 8, 32, decodeTf32, decodeTf32 };
    case simt::m16n8k4Tf32: return { 4, 32, decodeTf32, decodeTf32 };
    case simt::m16n8k32E4m3: return { 32, 8, decodeE4m3, decodeE4m3 };
    case simt::m16n8k32E5m2: return { 32, 8, decodeE5m2, decodeE5m2 };
    case simt::m16n8k32E4m3E5m2: return { 32, 8, decodeE4m3, decodeE5m2 };
    case simt::m16n8k32E5m2E4m3: return { 32, 8, decodeE5m2, decodeE4m3 };
    default: return { 32, 8, nullptr, nullptr };
    }
}

/// Register r of operand a holds row lane/4 (+8 for odd r) and, from column 0 or K/2, the lane's `32 / bits` elements.
template<class T, class Read> void gather(Warp& warp, int k, int bits, Read read, T (&a)[16][32], T (&b)[32][8]) {
    int each = 32 / bits, halves = k / (4 * each);
    unsigned mask = bits == 32 ? ~0u : (1u << bits) - 1u;
    for (unsigned lane = 0; lane < lanesPerWarp; lane++) {
        const MultiplyOperand& mine = multiplyOf(warp, lane);
        int row = int(lane / 4), column = int(lane % 4) * each;
        for (int half = 0; half < halves; half++)
            for (int e = 0; e < each; e++) {
                int at = half * 4 * each + column + e;
                a[row][at] = read(mine.a[half * 2] >> (e * bits & 31) & mask, true);
                a[row + 8][at] = read(mine.a[half * 2 + 1] >> (e * bits & 31) & mask, true);
                b[at][row] = read(mine.b[half] >> (e * bits & 31) & mask, false);
            }
    }
}

template<class T> void scatter(Warp& warp, const T (&sum)[16][8]) {
    for (unsigned lane = 0; lane < lanesPerWarp; lane++) {
        T* d = static_cast<T*>(multiplyOf(warp, lane).d);
        for (unsigned i = 0; i < 4; i++) d[i] += sum[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
    }
}

void multiplyFloats(Warp& warp, MatrixShape shape) {
    Format f = formatOf(shape);
    float a[16][32], b[32][8], sum[16][8] = {};
    gather(warp, f.k, f.bits, [&](unsigned x, bool first) { return first ? f.a(x) : f.b(x); }, a, b);
    for (int row = 0; row < 16; row++) {
        Float8 total{};
        for (int k = 0; k < f.k; k++) total += a[row][k] * *reinterpret_cast<Float8*>(b[k]);
        *reinterpret_cast<Float8*>(sum[row]) = total;
    }
    scatter(warp, sum);
}

void multiplyBytes(Warp& warp) {
    int a[16][32], b[32][8], sum[16][8] = {};
    gather(warp, 32, 8, [](unsigned x, bool) { return int((signed char)x); }, a, b);
    for (int row = 0; row < 16; row++)
        for (int k = 0; k < 32; k++)
            for (int column = 0; column < 8; column++) sum[row][column] += a[row][k] * b[k][column];
    scatter(warp, sum);
}

void performMultiply(Block&, Warp& warp, uint32_t) {
    MatrixShape shape = multiplyOf(warp, 0).shape;
    if (shape == simt::m16n8k32S8) multiplyBytes(warp);
    else multiplyFloats(warp, shape);
}

void multiply(const Site& site, MatrixShape shape, void* d, const unsigned* a, const unsigned* b) {
    MultiplyOperand operand{ shape, d, a, b };
    meetAligned(site, &operand, performMultiply);
}

}

void bindTensorPrimitives(simt::Runtime& runtime) {
    runtime.matrixLoad = matrixLoad;
    runtime.matrixStore = matrixStore;
    runtime.multiply = multiply;
}

}
