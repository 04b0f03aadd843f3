// Moves of whole rows: gathers, paddings, parts of concatenations, axes turned round. Nothing is computed, so elements
// of any type go as words of WORD, the widest that lengths and addresses allow: 1, 2, 4 or 16 bytes. All lengths are in
// words.
//
//   gather   result [count, width]                = table [height, width] by rows [count] int32
//   pad      result [outer, total]                = from [outer, length] at start, zeros around
//   insert   result [outer, total] from start on  = from [outer, length], the rest stays
//   flip     result [outer, length, inner]        = from [outer, length, inner], the axis in the middle turned round
//
// Every word is read and written once; a thread has four under way.

#ifndef WORD
#define WORD uint4
#endif

typedef WORD word;

enum : int { block_threads = 256, words_of_thread = 4, words_of_block = block_threads * words_of_thread };

struct Place { uint64_t quotient, remainder; };

/// Division by a number that all threads have: in 32 bits where they suffice, which is several times as fast.
__device__ __forceinline__ Place divide(uint64_t at, uint64_t by) {
    if (((at | by) >> 32) == 0) {
        uint32_t quotient = (uint32_t)at / (uint32_t)by;
        return { quotient, (uint32_t)at - quotient * (uint32_t)by };
    }
    uint64_t quotient = at / by;
    return { quotient, at - quotient * by };
}

/// Word i of the block's part of [0, count) goes from source(i), null for zeros, to target(i).
template<class Source, class Target>
__device__ __forceinline__ void move(uint64_t count, Source source, Target target) {
    uint64_t first = (uint64_t)blockIdx.x * words_of_block + threadIdx.x;
    word words[words_of_thread];
#pragma unroll
    for (int i = 0; i < words_of_thread; i++) {
        uint64_t at = first + i * block_threads;
        words[i] = word{};
        if (at >= count) continue;
        const word* from = source(at);
        if (from) words[i] = *from;
    }
#pragma unroll
    for (int i = 0; i < words_of_thread; i++) {
        uint64_t at = first + i * block_threads;
        if (at < count) *target(at) = words[i];
    }
}

/// error: null, or one word that stays 0 while all rows are in the table; else the first wrong one's place, inverted,
/// in the high half and its row in the low half.
extern "C" __global__ void __launch_bounds__(256) gather(word* __restrict__ result, const word* __restrict__ table,
                                                         const int* __restrict__ rows, uint64_t count, uint64_t width,
                                                         uint64_t height, uint64_t* error) {
    move(count * width, [&](uint64_t at) -> const word* {
        Place place = divide(at, width);
        int row = __ldg(rows + place.quotient);
        if ((uint32_t)row < height) return table + row * width + place.remainder;
        if (error && place.remainder == 0)
            atomicMax(error, (uint64_t)~(uint32_t)place.quotient << 32 | (uint32_t)row);
        return nullptr;
    }, [&](uint64_t at) { return result + at; });
}

extern "C" __global__ void __launch_bounds__(256) pad(word* __restrict__ result, const word* __restrict__ from,
                                                      uint64_t outer, uint64_t length, uint64_t start,
                                                      uint64_t total) {
    move(outer * total, [&](uint64_t at) -> const word* {
        Place place = divide(at, total);
        uint64_t column = place.remainder - start;      // in front of start it is huge
        return column < length ? from + place.quotient * length + column : nullptr;
    }, [&](uint64_t at) { return result + at; });
}

extern "C" __global__ void __launch_bounds__(256) insert(word* __restrict__ result, const word* __restrict__ from,
                                                         uint64_t outer, uint64_t length, uint64_t start,
                                                         uint64_t total) {
    move(outer * length, [&](uint64_t at) { return from + at; }, [&](uint64_t at) {
        Place place = divide(at, length);
        return result + place.quotient * total + start + place.remainder;
    });
}

extern "C" __global__ void __launch_bounds__(256) flip(word* __restrict__ result, const word* __restrict__ from,
                                                       uint64_t outer, uint64_t length, uint64_t inner) {
    move(outer * length * inner, [&](uint64_t at) {
        Place row = divide(at, inner), stack = divide(row.quotient, length);
        return from + (row.quotient + length - 1 - 2 * stack.remainder) * inner + row.remainder;
    }, [&](uint64_t at) { return result + at; });
}
