// What every kernel of ModelCompiler stands on: types, conversions, accesses of 16 bytes, reductions, random numbers,
// functions. It stands in front of a kernel's text; no header is included, since NVRTC has none.
//
// Compiled by NVRTC 11.8 and newer for sm_80 and newer. Under SIMT_EMU the tests' simulator compiles it for the
// processor; only what is inline PTX here differs there (simt_...).

// ---------------------------------------------------------------------------------------------------- types

typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
typedef long long nint;                 // C#'s: places and strides

static_assert(sizeof(int64_t) == 8 && sizeof(void*) == 8, "a device of 64 bits");

enum : uint32_t { warp_lanes = 32, all_lanes = 0xffffffffu };

__device__ __forceinline__ float infinity() { return __int_as_float(0x7f800000); }

/// The thread's lane in its warp, and the warp in its block.
__device__ __forceinline__ int lane_index() { return threadIdx.x & 31; }
__device__ __forceinline__ int warp_index() { return threadIdx.x >> 5; }

// Storage only: arithmetic is fp32.
struct bf16 { uint16_t bits; };         // 8 bits of exponent, 7 behind the point
struct f16 { uint16_t bits; };          // 5 and 10
struct f8e4m3 { uint8_t bits; };        // 4 and 3; largest 448, no infinity, NaN is 0x7f
struct f8e5m2 { uint8_t bits; };        // 5 and 2; largest 57344, infinities

/// N elements that are loaded and stored as one: 16 bytes are one instruction.
template<class T, int N> struct alignas(sizeof(T) * N) Pack { T v[N]; };

// ---------------------------------------------------------------------------------------------- conversions
// To fp32 exactly. From fp32 to nearest, ties to even; bf16 and f16 overflow to infinity, 8-bit numbers stop at their
// largest (infinity too). NaN becomes 0x7fff, 0x7f.

__device__ __forceinline__ float to_float(float x) { return x; }
__device__ __forceinline__ float to_float(bf16 x) { return __uint_as_float((uint32_t)x.bits << 16); }

/// An 8-bit number with E bits of exponent and M behind the point, by its bits.
template<int E, int M> __device__ __forceinline__ float f8_to_float_by_bits(uint32_t bits) {
    constexpr int bias = (1 << (E - 1)) - 1;
    constexpr uint32_t mantissa_mask = (1u << M) - 1, magnitude_mask = 0x7f;
    uint32_t sign = (bits & 0x80u) << 24, magnitude = bits & magnitude_mask;
    if (E == 4 ? magnitude == magnitude_mask : magnitude > (mantissa_mask + 1) * ((1u << E) - 1))
        return __uint_as_float(sign | 0x7fffffffu);
    if (E == 5 && magnitude == (mantissa_mask + 1) * ((1u << E) - 1)) return __uint_as_float(sign | 0x7f800000u);
    // As a denormal number of fp32 with the same fields, then scaled by 2^(127 - bias): exact for all of them.
    float scaled = __uint_as_float(magnitude << (23 - M)) * __uint_as_float((uint32_t)(254 - bias) << 23);
    return __uint_as_float(sign | __float_as_uint(scaled));
}

/// The nearest 8-bit number with E bits of exponent and M behind the point, by its bits.
template<int E, int M> __device__ __forceinline__ uint32_t f8_from_float_by_bits(float x) {
    constexpr int bias = (1 << (E - 1)) - 1;
    constexpr uint32_t largest = E == 4 ? 0x7e : 0x7b;
    uint32_t bits = __float_as_uint(x), sign = bits >> 24 & 0x80u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return 0x7f;
    uint32_t rounded;
    if (magnitude < (uint32_t)(128 - bias) << 23) {
        // Below the smallest normal number: adding 2^(24 - bias - M) leaves a multiple of the smallest one, and the
        // hardware rounds.
        float magic = __uint_as_float((uint32_t)(127 + 24 - bias - M) << 23);
        rounded = __float_as_uint(__fadd_rn(__uint_as_float(magnitude), magic)) - __float_as_uint(magic);
    } else {
        uint32_t rebased = magnitude - ((uint32_t)(127 - bias) << 23);
        rounded = (rebased + ((1u << (22 - M)) - 1) + (rebased >> (23 - M) & 1)) >> (23 - M);
    }
    return sign | (rounded < largest ? rounded : largest);
}

#ifdef SIMT_EMU

__device__ __forceinline__ float to_float(f16 x) { return simt_float_from_f16(x.bits); }
__device__ __forceinline__ float to_float(f8e4m3 x) { return simt_float_from_e4m3(x.bits); }
__device__ __forceinline__ float to_float(f8e5m2 x) { return simt_float_from_e5m2(x.bits); }

template<class T> __device__ __forceinline__ T from_float(float x);
template<> __device__ __forceinline__ float from_float<float>(float x) { return x; }
template<> __device__ __forceinline__ bf16 from_float<bf16>(float x) { return { simt_bf16_from_float(x) }; }
template<> __device__ __forceinline__ f16 from_float<f16>(float x) { return { simt_f16_from_float(x) }; }
template<> __device__ __forceinline__ f8e4m3 from_float<f8e4m3>(float x) { return { simt_e4m3_from_float(x) }; }
template<> __device__ __forceinline__ f8e5m2 from_float<f8e5m2>(float x) { return { simt_e5m2_from_float(x) }; }

/// Two neighbours as one word, the first in the low half.
__device__ __forceinline__ uint32_t bf16_pair(float low, float high) { return simt_bf16x2_from_floats(low, high); }
__device__ __forceinline__ uint32_t f16_pair(float low, float high) { return simt_f16x2_from_floats(low, high); }

#else

__device__ __forceinline__ float to_float(f16 x) {
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
    return y;
}

template<class T> __device__ __forceinline__ T from_float(float x);
template<> __device__ __forceinline__ float from_float<float>(float x) { return x; }
template<> __device__ __forceinline__ bf16 from_float<bf16>(float x) {
    bf16 y;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
    return y;
}
template<> __device__ __forceinline__ f16 from_float<f16>(float x) {
    f16 y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
    return y;
}

// The instructions take the high half first.
__device__ __forceinline__ uint32_t bf16_pair(float low, float high) {
    uint32_t pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
__device__ __forceinline__ uint32_t f16_pair(float low, float high) {
    uint32_t pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

// 8-bit numbers have instructions from sm_90 on, and from sm_89 on where the compiler is newer than 11.
#if defined(__CUDA_ARCH__) && (__CUDA_ARCH__ >= 900 || (__CUDA_ARCH__ >= 890 && __CUDACC_VER_MAJOR__ >= 12))

__device__ __forceinline__ float to_float(f8e4m3 x) {
    uint32_t pair;
    asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(pair) : "h"((uint16_t)x.bits));
    return to_float(f16{ (uint16_t)pair });
}
__device__ __forceinline__ float to_float(f8e5m2 x) {
    uint32_t pair;
    asm("cvt.rn.f16x2.e5m2x2 %0, %1;" : "=r"(pair) : "h"((uint16_t)x.bits));
    return to_float(f16{ (uint16_t)pair });
}
template<> __device__ __forceinline__ f8e4m3 from_float<f8e4m3>(float x) {
    uint16_t pair;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(0.0f), "f"(x));
    return { (uint8_t)pair };
}
template<> __device__ __forceinline__ f8e5m2 from_float<f8e5m2>(float x) {
    uint16_t pair;
    asm("cvt.rn.satfinite.e5m2x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(0.0f), "f"(x));
    return { (uint8_t)pair };
}

#else

__device__ __forceinline__ float to_float(f8e4m3 x) { return f8_to_float_by_bits<4, 3>(x.bits); }
__device__ __forceinline__ float to_float(f8e5m2 x) { return f8_to_float_by_bits<5, 2>(x.bits); }
template<> __device__ __forceinline__ f8e4m3 from_float<f8e4m3>(float x) {
    return { (uint8_t)f8_from_float_by_bits<4, 3>(x) };
}
template<> __device__ __forceinline__ f8e5m2 from_float<f8e5m2>(float x) {
    return { (uint8_t)f8_from_float_by_bits<5, 2>(x) };
}

#endif
#endif

/// bf16 by chance up or down, so that sums of small steps are right on average.
/// random: 32 bits, of which 16 are used. NaN and infinity stay.
__device__ __forceinline__ bf16 stochastic_bf16(float x, uint32_t random) {
    uint32_t bits = __float_as_uint(x);
    if ((bits & 0x7f800000u) == 0x7f800000u) return from_float<bf16>(x);
    return { (uint16_t)((bits + (random & 0xffffu)) >> 16) };
}

// ------------------------------------------------------------------------------------------------- accesses

/// N elements from p, which is a multiple of their size or of 16 bytes, as fp32. Whole rows in pieces of 16 bytes.
template<int N, class T> __device__ __forceinline__ void load(const T* __restrict__ p, float (&x)[N]) {
    constexpr int piece = 16 / sizeof(T) < N ? 16 / sizeof(T) : N;
#pragma unroll
    for (int i = 0; i < N; i += piece) {
        Pack<T, piece> pack = *reinterpret_cast<const Pack<T, piece>*>(p + i);
#pragma unroll
        for (int k = 0; k < piece; k++) x[i + k] = to_float(pack.v[k]);
    }
}

/// N elements to p, rounded.
template<int N, class T> __device__ __forceinline__ void store(T* __restrict__ p, const float (&x)[N]) {
    constexpr int piece = 16 / sizeof(T) < N ? 16 / sizeof(T) : N;
#pragma unroll
    for (int i = 0; i < N; i += piece) {
        Pack<T, piece> pack;
#pragma unroll
        for (int k = 0; k < piece; k++) pack.v[k] = from_float<T>(x[i + k]);
        *reinterpret_cast<Pack<T, piece>*>(p + i) = pack;
    }
}

/// One element to p, rounded.
template<class T> __device__ __forceinline__ void put(T* p, float x) { *p = from_float<T>(x); }

template<class T> __device__ __forceinline__ void ld8(const T* __restrict__ p, float (&x)[8]) { load<8>(p, x); }
template<class T> __device__ __forceinline__ void st8(T* __restrict__ p, const float (&x)[8]) { store<8>(p, x); }
template<class T> __device__ __forceinline__ void ld4(const T* __restrict__ p, float (&x)[4]) { load<4>(p, x); }
template<class T> __device__ __forceinline__ void st4(T* __restrict__ p, const float (&x)[4]) { store<4>(p, x); }

/// As ld8 and st8, for what is not used again soon: it goes first when the cache is full.
template<class T> __device__ __forceinline__ void ld8_once(const T* __restrict__ p, float (&x)[8]) {
    constexpr int piece = 16 / sizeof(T) < 8 ? 16 / sizeof(T) : 8;
    static_assert(piece * sizeof(T) == 16, "16 bytes and more");
#pragma unroll
    for (int i = 0; i < 8; i += piece) {
        union { int4 words; Pack<T, piece> pack; } u;
        u.words = __ldcs(reinterpret_cast<const int4*>(p + i));
#pragma unroll
        for (int k = 0; k < piece; k++) x[i + k] = to_float(u.pack.v[k]);
    }
}
template<class T> __device__ __forceinline__ void st8_once(T* __restrict__ p, const float (&x)[8]) {
    constexpr int piece = 16 / sizeof(T) < 8 ? 16 / sizeof(T) : 8;
    static_assert(piece * sizeof(T) == 16, "16 bytes and more");
#pragma unroll
    for (int i = 0; i < 8; i += piece) {
        union { int4 words; Pack<T, piece> pack; } u;
#pragma unroll
        for (int k = 0; k < piece; k++) u.pack.v[k] = from_float<T>(x[i + k]);
        __stcs(reinterpret_cast<int4*>(p + i), u.words);
    }
}

// ----------------------------------------------------------------------------------------------- reductions
// The order of every sum is fixed, so equal inputs give equal bits.

/// Over the 32 lanes of a warp, all of which call it and get the result. A row belongs to a warp.
__device__ __forceinline__ float row_sum(float x) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(all_lanes, x, lanes);
    return x;
}
__device__ __forceinline__ float row_max(float x) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x = fmaxf(x, __shfl_xor_sync(all_lanes, x, lanes));
    return x;
}

/// Over the lanes of a group of 2, 4, 8, 16 or 32 neighbours.
template<int LANES> __device__ __forceinline__ float group_sum(float x) {
#pragma unroll
    for (int lanes = LANES / 2; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(all_lanes, x, lanes);
    return x;
}
template<int LANES> __device__ __forceinline__ float group_max(float x) {
#pragma unroll
    for (int lanes = LANES / 2; lanes > 0; lanes >>= 1) x = fmaxf(x, __shfl_xor_sync(all_lanes, x, lanes));
    return x;
}

/// Over all THREADS of a block, a multiple of 32 along x; all of them call it and get the result. partial: 32 floats of
/// shared memory, free again when it returns.
template<int THREADS> __device__ __forceinline__ float block_sum(float x, float* partial) {
    static_assert(THREADS % 32 == 0 && THREADS <= 1024, "whole warps");
    if (THREADS == 32) return row_sum(x);
    x = row_sum(x);
    if (lane_index() == 0) partial[warp_index()] = x;
    __syncthreads();
    x = row_sum(lane_index() < THREADS / 32 ? partial[lane_index()] : 0.0f);
    __syncthreads();
    return x;
}
template<int THREADS> __device__ __forceinline__ float block_max(float x, float* partial) {
    static_assert(THREADS % 32 == 0 && THREADS <= 1024, "whole warps");
    if (THREADS == 32) return row_max(x);
    x = row_max(x);
    if (lane_index() == 0) partial[warp_index()] = x;
    __syncthreads();
    x = row_max(lane_index() < THREADS / 32 ? partial[lane_index()] : -infinity());
    __syncthreads();
    return x;
}

/// The larger one, and NaN where one is NaN; fmaxf forgets it.
__device__ __forceinline__ float maximum(float x, float y) {
    return x != x ? x : y != y ? y : fmaxf(x, y);
}
__device__ __forceinline__ float minimum(float x, float y) {
    return x != x ? x : y != y ? y : fminf(x, y);
}

/// As row_max and block_max, but a NaN stays.
__device__ __forceinline__ float row_maximum(float x) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x = maximum(x, __shfl_xor_sync(all_lanes, x, lanes));
    return x;
}
template<int THREADS> __device__ __forceinline__ float block_maximum(float x, float* partial) {
    static_assert(THREADS % 32 == 0 && THREADS <= 1024, "whole warps");
    if (THREADS == 32) return row_maximum(x);
    x = row_maximum(x);
    if (lane_index() == 0) partial[warp_index()] = x;
    __syncthreads();
    x = row_maximum(lane_index() < THREADS / 32 ? partial[lane_index()] : -infinity());
    __syncthreads();
    return x;
}

/// Maximum and sum of exp(x - maximum) of two parts of a row become those of both.
__device__ __forceinline__ void merge_softmax(float& maximum, float& sum, float other_maximum, float other_sum) {
    float both = fmaxf(maximum, other_maximum);
    // A part without elements has the maximum -∞ and must not make NaN.
    float scale = maximum == -infinity() ? 0.0f : __expf(maximum - both);
    float other_scale = other_maximum == -infinity() ? 0.0f : __expf(other_maximum - both);
    sum = sum * scale + other_sum * other_scale;
    maximum = both;
}

// ------------------------------------------------------------------------------------------- random numbers
// Those of Randomness.Uniform and VectorMath.RandomUniform, bit by bit: Jarzynski and Olano, Hash Functions for GPU
// Rendering (2020), pcg3d, of the element's index, the pass's key and the number of the call.

__device__ __forceinline__ uint32_t random_bits(uint32_t index, uint32_t key0, uint32_t key1, uint32_t draw) {
    constexpr uint32_t factor = 1664525u, term = 1013904223u, weyl = 0x9E3779B9u;
    uint32_t x = index * factor + term, y = (key0 + draw * weyl) * factor + term, z = (key1 ^ draw) * factor + term;
    x += y * z;
    y += z * x;
    z += x * y;
    x ^= x >> 16;
    y ^= y >> 16;
    z ^= z >> 16;
    x += y * z;
    y += z * x;
    z += x * y;
    return z;
}

/// A multiple of 2^-24 in [0, 1).
__device__ __forceinline__ float random_uniform(uint32_t index, uint32_t key0, uint32_t key1, uint32_t draw) {
    return (float)(random_bits(index, key0, key1, draw) >> 8) * (1.0f / (1 << 24));
}

// ------------------------------------------------------------------------------------------------ functions
// Errors in units in the last place of fp32. expf 2, logf 1, erff 2, tanhf 2, sqrtf 0, rsqrtf 2, sinf 2, cosf 2 and
// powf 4 are CUDA's own, as its programming guide gives them.

/// 2^x, error 2 ulp, denormal results are 0.
__device__ __forceinline__ float exp2_fast(float x) {
#ifdef SIMT_EMU
    return exp2f(x);
#else
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
#endif
}

__device__ __forceinline__ float relu(float x) { return x > 0.0f ? x : 0.0f; }

/// 1 / (1 + e^-x), error 4 ulp.
__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
__device__ __forceinline__ float silu(float x) { return x * sigmoid(x); }

/// The derivative of silu.
__device__ __forceinline__ float silu_gradient(float x) {
    float s = sigmoid(x);
    return s * (1.0f + x * (1.0f - s));
}

/// x to the power of y: that of a whole y for negative x, as powf, whose errors are 4 ulp.
__device__ __forceinline__ float power(float x, float y) { return powf(x, y); }

/// log(1 + e^x), without overflow, error 3 ulp.
__device__ __forceinline__ float softplus(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }

/// x Φ(x) with Φ by erf: Hendrycks and Gimpel (2016). Absolute error 2e-7 of the larger of 1 and |x|.
__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }

/// Φ(x) + x φ(x), the derivative of gelu.
__device__ __forceinline__ float gelu_gradient(float x) {
    return 0.5f * (1.0f + erff(x * 0.70710678f)) + x * 0.39894228f * expf(-0.5f * x * x);
}

/// GELU by tanh, as cuBLASLt's epilogues compute it: ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).
__device__ __forceinline__ float gelu_tanh(float x) {
    return 0.5f * x * (1.0f + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
}

/// The derivative of gelu_tanh.
__device__ __forceinline__ float gelu_tanh_gradient(float x) {
    float t = tanhf(0.79788456f * (x + 0.044715f * x * x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456f * (1.0f + 0.134145f * x * x);
}

// -------------------------------------------------------------------------------- copies and matrix fragments

#ifdef SIMT_EMU

__device__ __forceinline__ void copy16_async(void* shared, const void* global) { simt_cp_async16(shared, global); }
__device__ __forceinline__ void copy_commit() { simt_cp_async_commit(); }
template<int N> __device__ __forceinline__ void copy_wait() { simt_cp_async_wait(N); }
__device__ __forceinline__ void load_matrix(uint32_t (&r)[4], const void* row) { simt_ldmatrix_x4(r, row); }
__device__ __forceinline__ void load_matrix_transposed(uint32_t (&r)[4], const void* row) {
    simt_ldmatrix_x4_trans(r, row);
}
__device__ __forceinline__ void multiply_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    simt_mma_m16n8k16_bf16(d, a, b);
}
__device__ __forceinline__ void multiply_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    simt_mma_m16n8k16_f16(d, a, b);
}
__device__ __forceinline__ void multiply_tf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    simt_mma_m16n8k8_tf32(d, a, b);
}

#else

__device__ __forceinline__ uint32_t shared_address(const void* p) { return (uint32_t)__cvta_generic_to_shared(p); }

/// 16 bytes from global to shared memory, past the registers; they are there after copy_wait and a barrier.
__device__ __forceinline__ void copy16_async(void* shared, const void* global) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(shared_address(shared)), "l"(global) : "memory");
}
/// Ends a group of copies.
__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits until at most N of this thread's groups are under way.
template<int N> __device__ __forceinline__ void copy_wait() {
    asm volatile("cp.async.wait_group %0;" :: "n"(N) : "memory");
}

/// Four 8 × 8 matrices of 16-bit elements from shared memory: lane i says where row i of the 32 rows begins.
__device__ __forceinline__ void load_matrix(uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
__device__ __forceinline__ void load_matrix_transposed(uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}

/// d [16, 8] += a [16, 16] · b [16, 8] by a warp; fragments as the PTX manual lays them out for mma.m16n8k16.
__device__ __forceinline__ void multiply_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ __forceinline__ void multiply_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
/// d [16, 8] += a [16, 8] · b [8, 8]; fp32 bits of which the low 13 are not looked at.
__device__ __forceinline__ void multiply_tf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#endif
