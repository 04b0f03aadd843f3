// The language of a kernel: qualifiers, built-in variables, shared memory, registration. Included before every kernel's
// text.
#pragma once
#include "simt_abi.h"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __cluster_dims__(...)
#define __maxnreg__(...)
#define SIMT_INLINE inline __attribute__((always_inline))
#define SIMT_SITE const char* file = __builtin_FILE(), int line = __builtin_LINE()

using size_t = unsigned long;
using ptrdiff_t = long;

extern "C" int printf(const char* format, ...);

namespace simt {

__attribute__((visibility("hidden"))) inline Runtime* runtime;

struct ThreadIndexName {};
template<class T> struct BareType { using Type = T; };
template<class T> struct BareType<T&> { using Type = T; };
template<class T> struct BareType<const T> { using Type = T; };

template<int... I> struct Sequence {};
template<int N, int... I> struct MakeSequence : MakeSequence<N - 1, N - 1, I...> {};
template<int... I> struct MakeSequence<0, I...> { using Type = Sequence<I...>; };

/// Unpacks an array of argument addresses for one kernel.
template<auto F> struct Trampoline;
template<class... A, void (*F)(A...)> struct Trampoline<F> {
    static constexpr int count = sizeof...(A);
    static constexpr int sizes[] = { int(sizeof(A))..., 0 };
    template<int... I> static void unpack(void** arguments, Sequence<I...>) {
        F(*static_cast<typename BareType<A>::Type*>(arguments[I])...);
    }
    static void call(void** arguments) { unpack(arguments, typename MakeSequence<count>::Type()); }
};

/// The address of a __shared__ variable; the declaration was rewritten to a reference to it. One key per instantiation.
template<class T, class Key>
SIMT_INLINE T& sharedVariable(Key, unsigned long alignment, SIMT_SITE) {
    static const char key = 0;
    unsigned long needed = alignment > alignof(T) ? alignment : alignof(T);
    return *static_cast<T*>(runtime->sharedVariable(Site{ "__shared__", file, line }, &key, sizeof(T), needed));
}

}

#define threadIdx (static_cast<const ::simt::Index3&>(::simt::runtime->current->threadIdx))
#define blockIdx (static_cast<const ::simt::Index3&>(::simt::runtime->blockIdx))
#define blockDim (static_cast<const ::simt::Index3&>(::simt::runtime->blockDim))
#define gridDim (static_cast<const ::simt::Index3&>(::simt::runtime->gridDim))
#define warpSize 32

#define SIMT_KERNEL(name, bound) \
    extern "C" __attribute__((visibility("default"))) simt::Kernel simt_kernel_##name; \
    simt::Kernel simt_kernel_##name = { &simt::Trampoline<&name>::call, simt::Trampoline<&name>::count, \
                                        simt::Trampoline<&name>::sizes, (bound) };

extern "C" __attribute__((visibility("default"), used, no_sanitize("thread"))) inline unsigned
simt_bind(simt::Runtime* runtime) {
    simt::runtime = runtime;
    return simt::abiVersion;
}

#include "simt_math.h"
#include "simt_warp.h"
#include "simt_tensor.h"
#include "simt_check.h"
