// Types, arithmetic and bit functions which CUDA declares without a header.
#pragma once

#define SIMT_VECTOR(type, base, bytes) \
    struct alignas(bytes == 1 ? 1 : 2 * bytes) type##2 { base x, y; }; \
    struct alignas(bytes) type##3 { base x, y, z; }; \
    struct alignas(4 * bytes > 16 ? 16 : 4 * bytes) type##4 { base x, y, z, w; }; \
    struct type##1 { base x; }; \
    SIMT_INLINE type##1 make_##type##1(base x) { return { x }; } \
    SIMT_INLINE type##2 make_##type##2(base x, base y) { return { x, y }; } \
    SIMT_INLINE type##3 make_##type##3(base x, base y, base z) { return { x, y, z }; } \
    SIMT_INLINE type##4 make_##type##4(base x, base y, base z, base w) { return { x, y, z, w }; }
SIMT_VECTOR(char, signed char, 1)
SIMT_VECTOR(uchar, unsigned char, 1)
SIMT_VECTOR(short, short, 2)
SIMT_VECTOR(ushort, unsigned short, 2)
SIMT_VECTOR(int, int, 4)
SIMT_VECTOR(uint, unsigned, 4)
SIMT_VECTOR(float, float, 4)
SIMT_VECTOR(longlong, long long, 8)
SIMT_VECTOR(ulonglong, unsigned long long, 8)
SIMT_VECTOR(double, double, 8)
#undef SIMT_VECTOR

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
    constexpr dim3(simt::Index3 i) : x(i.x), y(i.y), z(i.z) {}
};

#define SIMT_LIBM1(name) extern "C" float name##f(float) noexcept; extern "C" double name(double) noexcept; \
    SIMT_INLINE float name(float x) { return name##f(x); }
#define SIMT_LIBM2(name) \
    extern "C" float name##f(float, float) noexcept; \
    extern "C" double name(double, double) noexcept; \
    SIMT_INLINE float name(float x, float y) { return name##f(x, y); }
SIMT_LIBM1(sqrt) SIMT_LIBM1(cbrt) SIMT_LIBM1(exp) SIMT_LIBM1(exp2) SIMT_LIBM1(expm1) SIMT_LIBM1(log) SIMT_LIBM1(log2)
SIMT_LIBM1(log10) SIMT_LIBM1(log1p) SIMT_LIBM1(sin) SIMT_LIBM1(cos) SIMT_LIBM1(tan) SIMT_LIBM1(asin) SIMT_LIBM1(acos)
SIMT_LIBM1(atan) SIMT_LIBM1(sinh) SIMT_LIBM1(cosh) SIMT_LIBM1(tanh) SIMT_LIBM1(asinh) SIMT_LIBM1(acosh)
SIMT_LIBM1(atanh) SIMT_LIBM1(erf) SIMT_LIBM1(erfc) SIMT_LIBM1(tgamma) SIMT_LIBM1(lgamma) SIMT_LIBM1(floor)
SIMT_LIBM1(ceil) SIMT_LIBM1(trunc) SIMT_LIBM1(round) SIMT_LIBM1(rint) SIMT_LIBM1(nearbyint) SIMT_LIBM1(fabs)
SIMT_LIBM2(pow) SIMT_LIBM2(atan2) SIMT_LIBM2(fmod) SIMT_LIBM2(hypot) SIMT_LIBM2(copysign) SIMT_LIBM2(fmax)
SIMT_LIBM2(fmin) SIMT_LIBM2(fdim) SIMT_LIBM2(remainder)
#undef SIMT_LIBM1
#undef SIMT_LIBM2
// In the hardware one instruction each; libm's are calls.
namespace simt {
SIMT_INLINE float maximum(float x, float y) { return x >= y || y != y ? x : y; }
SIMT_INLINE float minimum(float x, float y) { return x <= y || y != y ? x : y; }
}
#define fmaxf(x, y) (::simt::maximum(x, y))
#define fminf(x, y) (::simt::minimum(x, y))
extern "C" float fmaf(float, float, float) noexcept;
extern "C" double fma(double, double, double) noexcept;
extern "C" float ldexpf(float, int) noexcept;
extern "C" double ldexp(double, int) noexcept;
extern "C" float frexpf(float, int*) noexcept;
extern "C" float modff(float, float*) noexcept;
extern "C" void sincosf(float, float*, float*) noexcept;
extern "C" int abs(int) noexcept;
extern "C" long long llabs(long long) noexcept;
extern "C" void* memcpy(void*, const void*, size_t) noexcept;
extern "C" void* memset(void*, int, size_t) noexcept;
SIMT_INLINE float fma(float x, float y, float z) { return fmaf(x, y, z); }
SIMT_INLINE float abs(float x) { return __builtin_fabsf(x); }
SIMT_INLINE double abs(double x) { return __builtin_fabs(x); }
SIMT_INLINE long long abs(long long x) { return x < 0 ? -x : x; }
SIMT_INLINE bool isnan(float x) { return __builtin_isnan(x); }
SIMT_INLINE bool isnan(double x) { return __builtin_isnan(x); }
SIMT_INLINE bool isinf(float x) { return __builtin_isinf(x); }
SIMT_INLINE bool isinf(double x) { return __builtin_isinf(x); }
SIMT_INLINE bool isfinite(float x) { return __builtin_isfinite(x); }
SIMT_INLINE bool isfinite(double x) { return __builtin_isfinite(x); }
SIMT_INLINE bool signbit(float x) { return __builtin_signbitf(x); }
SIMT_INLINE float rsqrtf(float x) { return 1.0f / __builtin_sqrtf(x); }
SIMT_INLINE double rsqrt(double x) { return 1.0 / __builtin_sqrt(x); }
SIMT_INLINE float rcbrtf(float x) { return 1.0f / cbrtf(x); }
SIMT_INLINE float exp10f(float x) { return powf(10.0f, x); }
SIMT_INLINE float erfcxf(float x) { return expf(x * x) * erfcf(x); }
SIMT_INLINE float normcdff(float x) { return 0.5f * erfcf(-x * 0.70710678f); }
SIMT_INLINE float saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }

#define SIMT_ORDER(result, a, b) \
    SIMT_INLINE constexpr result max(a x, b y) { return (result)x > (result)y ? (result)x : (result)y; } \
    SIMT_INLINE constexpr result min(a x, b y) { return (result)x < (result)y ? (result)x : (result)y; }
SIMT_ORDER(int, int, int)
SIMT_ORDER(unsigned, unsigned, unsigned)
SIMT_ORDER(unsigned, int, unsigned)
SIMT_ORDER(unsigned, unsigned, int)
SIMT_ORDER(long, long, long)
SIMT_ORDER(unsigned long, unsigned long, unsigned long)
SIMT_ORDER(long long, long long, long long)
SIMT_ORDER(unsigned long long, unsigned long long, unsigned long long)
#undef SIMT_ORDER
SIMT_INLINE float max(float x, float y) { return fmaxf(x, y); }
SIMT_INLINE float min(float x, float y) { return fminf(x, y); }
SIMT_INLINE double max(double x, double y) { return fmax(x, y); }
SIMT_INLINE double min(double x, double y) { return fmin(x, y); }

// Fast intrinsics, evaluated exactly.
SIMT_INLINE float __expf(float x) { return expf(x); }
SIMT_INLINE float __exp10f(float x) { return exp10f(x); }
SIMT_INLINE float __logf(float x) { return logf(x); }
SIMT_INLINE float __log2f(float x) { return log2f(x); }
SIMT_INLINE float __log10f(float x) { return log10f(x); }
SIMT_INLINE float __powf(float x, float y) { return powf(x, y); }
SIMT_INLINE float __sinf(float x) { return sinf(x); }
SIMT_INLINE float __cosf(float x) { return cosf(x); }
SIMT_INLINE float __tanf(float x) { return tanf(x); }
SIMT_INLINE float __tanhf(float x) { return tanhf(x); }
SIMT_INLINE void __sincosf(float x, float* s, float* c) { sincosf(x, s, c); }
SIMT_INLINE float __fdividef(float x, float y) { return x / y; }
SIMT_INLINE float __saturatef(float x) { return saturatef(x); }
SIMT_INLINE float __fadd_rn(float x, float y) { return x + y; }
SIMT_INLINE float __fsub_rn(float x, float y) { return x - y; }
SIMT_INLINE float __fmul_rn(float x, float y) { return x * y; }
SIMT_INLINE float __fdiv_rn(float x, float y) { return x / y; }
SIMT_INLINE float __frcp_rn(float x) { return 1.0f / x; }
SIMT_INLINE float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
SIMT_INLINE float __frsqrt_rn(float x) { return 1.0f / __builtin_sqrtf(x); }
SIMT_INLINE float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }

template<class To, class From> SIMT_INLINE To simt_bits(From from) {
    static_assert(sizeof(To) == sizeof(From), "equal sizes");
    To to;
    __builtin_memcpy(&to, &from, sizeof(To));
    return to;
}
SIMT_INLINE float __uint_as_float(unsigned x) { return simt_bits<float>(x); }
SIMT_INLINE unsigned __float_as_uint(float x) { return simt_bits<unsigned>(x); }
SIMT_INLINE float __int_as_float(int x) { return simt_bits<float>(x); }
SIMT_INLINE int __float_as_int(float x) { return simt_bits<int>(x); }
SIMT_INLINE long long __double_as_longlong(double x) { return simt_bits<long long>(x); }
SIMT_INLINE double __longlong_as_double(long long x) { return simt_bits<double>(x); }
SIMT_INLINE int __float2int_rn(float x) { return int(rintf(x)); }
SIMT_INLINE int __float2int_rz(float x) { return int(x); }
SIMT_INLINE int __float2int_rd(float x) { return int(floorf(x)); }
SIMT_INLINE int __float2int_ru(float x) { return int(ceilf(x)); }
SIMT_INLINE unsigned __float2uint_rn(float x) { return unsigned(rintf(x)); }
SIMT_INLINE unsigned __float2uint_rz(float x) { return unsigned(x); }
SIMT_INLINE float __int2float_rn(int x) { return float(x); }
SIMT_INLINE float __uint2float_rn(unsigned x) { return float(x); }
SIMT_INLINE float __ull2float_rn(unsigned long long x) { return float(x); }

SIMT_INLINE int __popc(unsigned x) { return __builtin_popcount(x); }
SIMT_INLINE int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
SIMT_INLINE int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
SIMT_INLINE int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
SIMT_INLINE int __ffs(int x) { return __builtin_ffs(x); }
SIMT_INLINE int __ffsll(long long x) { return __builtin_ffsll(x); }
SIMT_INLINE unsigned __brev(unsigned x) {
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= ((x >> i) & 1u) << (31 - i);
    return r;
}
SIMT_INLINE int __mulhi(int x, int y) { return int(((long long)x * y) >> 32); }
SIMT_INLINE unsigned __umulhi(unsigned x, unsigned y) { return unsigned(((unsigned long long)x * y) >> 32); }
SIMT_INLINE unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
    return (unsigned long long)(((unsigned __int128)x * y) >> 64);
}
SIMT_INLINE int __mul24(int x, int y) { return x * y; }
SIMT_INLINE unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
    return unsigned((((unsigned long long)high << 32 | low) << (shift & 31u)) >> 32);
}
SIMT_INLINE unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
    return unsigned(((unsigned long long)high << 32 | low) >> (shift & 31u));
}
SIMT_INLINE unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
    unsigned long long bytes = (unsigned long long)y << 32 | x;
    unsigned r = 0;
    for (int i = 0; i < 4; i++) {
        unsigned pick = selector >> (4 * i), byte = unsigned(bytes >> (8 * (pick & 7u))) & 255u;
        if (pick & 8u) byte = byte & 128u ? 255u : 0u;
        r |= byte << (8 * i);
    }
    return r;
}
SIMT_INLINE int __dp4a(int x, int y, int sum) {
    for (int i = 0; i < 4; i++) sum += int((signed char)(x >> (8 * i))) * int((signed char)(y >> (8 * i)));
    return sum;
}

// Loads and stores with cache hints.
template<class T> SIMT_INLINE T __ldg(const T* p) { return *p; }
template<class T> SIMT_INLINE T __ldcg(const T* p) { return *p; }
template<class T> SIMT_INLINE T __ldca(const T* p) { return *p; }
template<class T> SIMT_INLINE T __ldcs(const T* p) { return *p; }
template<class T> SIMT_INLINE T __ldlu(const T* p) { return *p; }
template<class T> SIMT_INLINE T __ldcv(const T* p) { return *(const volatile T*)p; }
template<class T> SIMT_INLINE void __stwb(T* p, T value) { *p = value; }
template<class T> SIMT_INLINE void __stcg(T* p, T value) { *p = value; }
template<class T> SIMT_INLINE void __stcs(T* p, T value) { *p = value; }
template<class T> SIMT_INLINE void __stwt(T* p, T value) { *p = value; }
SIMT_INLINE void __prefetch_global_l2(const void*) {}
