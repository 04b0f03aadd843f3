// What a kernel writes in inline PTX for the hardware, as functions: asynchronous copies, matrix fragments,
// conversions.
#pragma once
#include "simt_formats.h"

/// cp.async of 4, 8 or 16 bytes. The destination is poisoned now and filled when the thread waits for the group.
SIMT_INLINE void simt_cp_async(void* shared, const void* global, unsigned bytes, unsigned sourceBytes, SIMT_SITE) {
    simt::runtime->copyAsync({ "cp.async", file, line }, shared, global, bytes, sourceBytes);
}
SIMT_INLINE void simt_cp_async4(void* shared, const void* global, SIMT_SITE) {
    simt::runtime->copyAsync({ "cp.async", file, line }, shared, global, 4, 4);
}
SIMT_INLINE void simt_cp_async8(void* shared, const void* global, SIMT_SITE) {
    simt::runtime->copyAsync({ "cp.async", file, line }, shared, global, 8, 8);
}
SIMT_INLINE void simt_cp_async16(void* shared, const void* global, SIMT_SITE) {
    simt::runtime->copyAsync({ "cp.async", file, line }, shared, global, 16, 16);
}
SIMT_INLINE void simt_cp_async_commit() { simt::runtime->copyCommit(); }
/// cp.async.wait_group: waits until at most `groupsLeft` committed groups are under way.
SIMT_INLINE void simt_cp_async_wait(unsigned groupsLeft, SIMT_SITE) {
    simt::runtime->copyWait({ "cp.async.wait_group", file, line }, groupsLeft);
}

// ldmatrix / stmatrix .sync.aligned.m8n8.xN[.trans].b16: lane i gives the row i of the N*8 rows.
#define SIMT_MATRIX(count) \
    SIMT_INLINE void simt_ldmatrix_x##count(unsigned (&r)[count], const void* row, SIMT_SITE) { \
        simt::runtime->matrixLoad({ "ldmatrix.x" #count, file, line }, count, false, r, row); \
    } \
    SIMT_INLINE void simt_ldmatrix_x##count##_trans(unsigned (&r)[count], const void* row, SIMT_SITE) { \
        simt::runtime->matrixLoad({ "ldmatrix.x" #count ".trans", file, line }, count, true, r, row); \
    } \
    SIMT_INLINE void simt_stmatrix_x##count(void* row, const unsigned (&r)[count], SIMT_SITE) { \
        simt::runtime->matrixStore({ "stmatrix.x" #count, file, line }, count, false, r, row); \
    } \
    SIMT_INLINE void simt_stmatrix_x##count##_trans(void* row, const unsigned (&r)[count], SIMT_SITE) { \
        simt::runtime->matrixStore({ "stmatrix.x" #count ".trans", file, line }, count, true, r, row); \
    }
SIMT_MATRIX(1)
SIMT_MATRIX(2)
SIMT_MATRIX(4)
#undef SIMT_MATRIX

// mma.sync.aligned.<shape>.row.col: d += a * b, in the layouts of the PTX manual.
#define SIMT_MMA(name, kind, type, countA, countB) \
    SIMT_INLINE void name(type (&d)[4], const unsigned (&a)[countA], const unsigned (&b)[countB], SIMT_SITE) { \
        simt::runtime->multiply({ #name, file, line }, simt::kind, d, a, b); \
    }
SIMT_MMA(simt_mma_m16n8k16_bf16, m16n8k16Bf16, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k16_f16, m16n8k16F16, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k8_bf16, m16n8k8Bf16, float, 2, 1)
SIMT_MMA(simt_mma_m16n8k8_f16, m16n8k8F16, float, 2, 1)
SIMT_MMA(simt_mma_m16n8k8_tf32, m16n8k8Tf32, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k4_tf32, m16n8k4Tf32, float, 2, 1)
SIMT_MMA(simt_mma_m16n8k32_s8, m16n8k32S8, int, 4, 2)
SIMT_MMA(simt_mma_m16n8k32_e4m3, m16n8k32E4m3, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k32_e5m2, m16n8k32E5m2, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k32_e4m3_e5m2, m16n8k32E4m3E5m2, float, 4, 2)
SIMT_MMA(simt_mma_m16n8k32_e5m2_e4m3, m16n8k32E5m2E4m3, float, 4, 2)
#undef SIMT_MMA

SIMT_INLINE unsigned short simt_bf16_from_float(float x) { return simt::bf16FromFloat(x); }
SIMT_INLINE float simt_float_from_bf16(unsigned short x) { return simt::floatFromBf16(x); }
SIMT_INLINE unsigned short simt_f16_from_float(float x) { return simt::f16FromFloat(x); }
SIMT_INLINE float simt_float_from_f16(unsigned short x) { return simt::floatFromF16(x); }
SIMT_INLINE unsigned char simt_e4m3_from_float(float x) { return simt::e4m3FromFloat(x); }
SIMT_INLINE float simt_float_from_e4m3(unsigned char x) { return simt::floatFromE4m3(x); }
SIMT_INLINE unsigned char simt_e5m2_from_float(float x) { return simt::e5m2FromFloat(x); }
SIMT_INLINE float simt_float_from_e5m2(unsigned char x) { return simt::floatFromE5m2(x); }
SIMT_INLINE float simt_tf32_from_float(float x) { return simt::tf32FromFloat(x); }

/// cvt.rn.bf16x2.f32 and its kin; the first argument goes to the low half.
SIMT_INLINE unsigned simt_bf16x2_from_floats(float low, float high) {
    return unsigned(simt::bf16FromFloat(low)) | unsigned(simt::bf16FromFloat(high)) << 16;
}
SIMT_INLINE unsigned simt_f16x2_from_floats(float low, float high) {
    return unsigned(simt::f16FromFloat(low)) | unsigned(simt::f16FromFloat(high)) << 16;
}
SIMT_INLINE unsigned short simt_e4m3x2_from_floats(float low, float high) {
    return (unsigned short)(simt::e4m3FromFloat(low) | simt::e4m3FromFloat(high) << 8);
}
SIMT_INLINE unsigned short simt_e5m2x2_from_floats(float low, float high) {
    return (unsigned short)(simt::e5m2FromFloat(low) | simt::e5m2FromFloat(high) << 8);
}

/// ex2.approx, lg2.approx, tanh.approx, rcp.approx, evaluated exactly.
SIMT_INLINE float simt_ex2(float x) { return exp2f(x); }
SIMT_INLINE float simt_lg2(float x) { return log2f(x); }
SIMT_INLINE float simt_tanh(float x) { return tanhf(x); }
SIMT_INLINE float simt_rcp(float x) { return 1.0f / x; }
