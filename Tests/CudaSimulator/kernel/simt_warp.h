// Barriers, warp collectives, fences and atomics with CUDA's names.
#pragma once

SIMT_INLINE void __syncthreads(SIMT_SITE) { simt::runtime->blockBarrier({ "__syncthreads", file, line }, 0, 0, 0); }
SIMT_INLINE int __syncthreads_count(int predicate, SIMT_SITE) {
    return int(simt::runtime->blockBarrier({ "__syncthreads_count", file, line }, 0, 0, predicate != 0));
}
SIMT_INLINE int __syncthreads_or(int predicate, SIMT_SITE) {
    return simt::runtime->blockBarrier({ "__syncthreads_or", file, line }, 0, 0, predicate != 0) != 0;
}
SIMT_INLINE int __syncthreads_and(int predicate, SIMT_SITE) {
    return simt::runtime->blockBarrier({ "__syncthreads_and", file, line }, 0, 0, predicate == 0) == 0;
}
SIMT_INLINE void __syncwarp(unsigned mask = 0xffffffffu, SIMT_SITE) {
    simt::runtime->warpBarrier({ "__syncwarp", file, line }, mask);
}

/// bar.sync barrier, threads.
SIMT_INLINE void simt_barrier_sync(unsigned barrier, unsigned threads, SIMT_SITE) {
    simt::runtime->blockBarrier({ "bar.sync", file, line }, barrier, threads, 0);
}
/// The barrier of all blocks of a cooperative launch.
SIMT_INLINE void simt_grid_sync(SIMT_SITE) { simt::runtime->gridBarrier({ "grid sync", file, line }); }

namespace simt {
template<class T>
SIMT_INLINE T shuffled(const Site& site, unsigned mask, Shuffle kind, T value, int argument, int width) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    bits = runtime->shuffle(site, mask, kind, bits, argument, width);
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
}
}

template<class T> SIMT_INLINE T __shfl_sync(unsigned mask, T value, int source, int width = 32, SIMT_SITE) {
    return simt::shuffled({ "__shfl_sync", file, line }, mask, simt::shuffleIndex, value, source, width);
}
template<class T> SIMT_INLINE T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, SIMT_SITE) {
    return simt::shuffled({ "__shfl_up_sync", file, line }, mask, simt::shuffleUp, value, int(delta), width);
}
template<class T> SIMT_INLINE T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, SIMT_SITE) {
    return simt::shuffled({ "__shfl_down_sync", file, line }, mask, simt::shuffleDown, value, int(delta), width);
}
template<class T> SIMT_INLINE T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, SIMT_SITE) {
    return simt::shuffled({ "__shfl_xor_sync", file, line }, mask, simt::shuffleXor, value, lanes, width);
}
SIMT_INLINE unsigned __ballot_sync(unsigned mask, int predicate, SIMT_SITE) {
    return simt::runtime->vote({ "__ballot_sync", file, line }, mask, simt::voteBallot, predicate);
}
SIMT_INLINE int __any_sync(unsigned mask, int predicate, SIMT_SITE) {
    return int(simt::runtime->vote({ "__any_sync", file, line }, mask, simt::voteAny, predicate));
}
SIMT_INLINE int __all_sync(unsigned mask, int predicate, SIMT_SITE) {
    return int(simt::runtime->vote({ "__all_sync", file, line }, mask, simt::voteAll, predicate));
}
template<class T> SIMT_INLINE unsigned __match_any_sync(unsigned mask, T value, SIMT_SITE) {
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    return simt::runtime->matchAny({ "__match_any_sync", file, line }, mask, bits);
}
SIMT_INLINE unsigned __activemask() { return simt::runtime->activeMask(); }

#define SIMT_REDUCE(name, type, kind) \
    SIMT_INLINE type name(unsigned mask, type value, SIMT_SITE) { \
        return type(simt::runtime->reduce({ #name, file, line }, mask, simt::kind, unsigned(value))); \
    }
SIMT_REDUCE(__reduce_add_sync, unsigned, reduceAdd)
SIMT_REDUCE(__reduce_add_sync, int, reduceAdd)
SIMT_REDUCE(__reduce_min_sync, unsigned, reduceMin)
SIMT_REDUCE(__reduce_min_sync, int, reduceMinSigned)
SIMT_REDUCE(__reduce_max_sync, unsigned, reduceMax)
SIMT_REDUCE(__reduce_max_sync, int, reduceMaxSigned)
SIMT_REDUCE(__reduce_and_sync, unsigned, reduceAnd)
SIMT_REDUCE(__reduce_or_sync, unsigned, reduceOr)
SIMT_REDUCE(__reduce_xor_sync, unsigned, reduceXor)
#undef SIMT_REDUCE

SIMT_INLINE void __threadfence(SIMT_SITE) { simt::runtime->pause({ "__threadfence", file, line }); }
SIMT_INLINE void __threadfence_block() {}
SIMT_INLINE void __threadfence_system(SIMT_SITE) { simt::runtime->pause({ "__threadfence_system", file, line }); }
SIMT_INLINE void __nanosleep(unsigned, SIMT_SITE) { simt::runtime->pause({ "__nanosleep", file, line }); }
[[noreturn]] SIMT_INLINE void __trap(SIMT_SITE) {
    simt::runtime->fail({ "__trap", file, line }, simt::failLaunch, "the kernel called __trap");
    __builtin_unreachable();
}
#define assert(condition) \
    ((condition) ? (void)0 : simt::runtime->fail({ "assert", __FILE__, __LINE__ }, simt::failAssert, \
                                                  "assertion failed: " #condition))

SIMT_INLINE long long clock64() { return (long long)__builtin_ia32_rdtsc(); }
SIMT_INLINE long clock() { return long(clock64()); }
SIMT_INLINE unsigned long long simt_global_timer() { return (unsigned long long)clock64(); }

// Atomics: one thread runs at a time, so reading and writing is enough; `atomic` tells the checkers, and lets spin
// loops yield.
#define SIMT_ATOMIC(name, type, operand, result) \
    SIMT_INLINE type name(type* address, operand value) { \
        simt::runtime->atomic(address, sizeof(type)); \
        type old = *(volatile type*)address; \
        *(volatile type*)address = result; \
        return old; \
    }
#define SIMT_ATOMIC_INTEGERS(name, result) \
    SIMT_ATOMIC(name, int, int, result) \
    SIMT_ATOMIC(name, unsigned, unsigned, result) \
    SIMT_ATOMIC(name, unsigned long long, unsigned long long, result)

SIMT_ATOMIC_INTEGERS(atomicAdd, old + value)
SIMT_ATOMIC(atomicAdd, float, float, old + value)
SIMT_ATOMIC(atomicAdd, double, double, old + value)
SIMT_ATOMIC(atomicSub, int, int, old - value)
SIMT_ATOMIC(atomicSub, unsigned, unsigned, old - value)
SIMT_ATOMIC_INTEGERS(atomicMax, (old > value ? old : value))
SIMT_ATOMIC(atomicMax, long long, long long, (old > value ? old : value))
SIMT_ATOMIC_INTEGERS(atomicMin, (old < value ? old : value))
SIMT_ATOMIC(atomicMin, long long, long long, (old < value ? old : value))
SIMT_ATOMIC_INTEGERS(atomicExch, value)
SIMT_ATOMIC(atomicExch, float, float, value)
SIMT_ATOMIC_INTEGERS(atomicAnd, (old & value))
SIMT_ATOMIC_INTEGERS(atomicOr, (old | value))
SIMT_ATOMIC_INTEGERS(atomicXor, (old ^ value))
SIMT_ATOMIC(atomicInc, unsigned, unsigned, (old >= value ? 0u : old + 1u))
SIMT_ATOMIC(atomicDec, unsigned, unsigned, (old == 0u || old > value ? value : old - 1u))
#undef SIMT_ATOMIC_INTEGERS
#undef SIMT_ATOMIC

#define SIMT_CAS(type) \
    SIMT_INLINE type atomicCAS(type* address, type compare, type value) { \
        simt::runtime->atomic(address, sizeof(type)); \
        type old = *(volatile type*)address; \
        if (old == compare) *(volatile type*)address = value; \
        return old; \
    }
SIMT_CAS(int)
SIMT_CAS(unsigned)
SIMT_CAS(unsigned long long)
SIMT_CAS(unsigned short)
#undef SIMT_CAS
