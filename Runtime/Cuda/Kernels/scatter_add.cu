// The gradient of a gather: result [height, width] fp32 = for each row the sum of the rows of values [count, width]
// ELEMENT that rows [count] int32 sends there, 0 where there is none. No atomics: the places are sorted by row, equal
// rows in order of place, and the sums are taken in that order, so equal inputs give equal bits.
//
//   sort_count, sort_scan, sort_move   one pass of a stable radix sort by 8 bits of the row; two for 50,304 rows
//   row_bounds                         where each row's places begin
//   sum_parts                          64 sorted places at a time; rows that lie in one part are done
//   sum_rows                           the others from their parts, in order, and zeros
//
// Bytes: values once, the result once, 16 for each place and pass, at most 2 · width fp32 for 64 places twice.

#ifndef ELEMENT
#define ELEMENT float
#endif

typedef ELEMENT element;

enum : int {
    digits = 256, sort_threads = 256, sort_warps = sort_threads / 32, keys_of_lane = 8,
    keys_of_warp = 32 * keys_of_lane, keys_of_block = sort_warps * keys_of_warp,
    places_of_part = 64,
};

/// The row as a key: what lies outside of the result comes last, under height.
__device__ __forceinline__ uint32_t key_of(const uint32_t* keys, int64_t at, uint32_t height) {
    uint32_t key = __ldg(keys + at);
    return key < height ? key : height;
}

/// The lanes of a warp that have this lane's digit, among those that have a key at all. All lanes call it.
__device__ __forceinline__ uint32_t lanes_with(uint32_t digit, bool has_key) {
    return __match_any_sync(all_lanes, has_key ? digit : digits + 1u);
}

/// How often each digit is among the warp's keys. counts: of this warp, cleared.
__device__ __forceinline__ void count_digits(const uint32_t* __restrict__ keys, int64_t first, int64_t count,
                                             uint32_t height, int shift, uint32_t* counts) {
    for (int i = 0; i < keys_of_lane; i++) {
        int64_t at = first + i * 32 + lane_index();
        uint32_t digit = at < count ? key_of(keys, at, height) >> shift & 255u : 0;
        uint32_t same = lanes_with(digit, at < count);
        if (at < count && (same & (1u << lane_index()) - 1u) == 0) counts[digit] += __popc(same);
        __syncwarp();
    }
}

/// counts [256, blocks]: how often a block has each digit. error as in rows.cu; null but in the first pass.
extern "C" __global__ void __launch_bounds__(256) sort_count(uint32_t* __restrict__ counts,
                                                             const uint32_t* __restrict__ keys, int64_t count,
                                                             uint32_t height, int shift, uint64_t* error) {
    __shared__ uint32_t shared[sort_warps][digits];
    for (int w = 0; w < sort_warps; w++) shared[w][threadIdx.x] = 0;
    __syncthreads();
    int64_t first = (int64_t)blockIdx.x * keys_of_block + warp_index() * keys_of_warp;
    count_digits(keys, first, count, height, shift, shared[warp_index()]);
    if (error)
        for (int64_t at = first + lane_index(); at < count && at < first + keys_of_warp; at += 32)
            if (keys[at] >= height) atomicMax(error, (uint64_t)~(uint32_t)at << 32 | keys[at]);
    __syncthreads();
    uint32_t sum = 0;
    for (int w = 0; w < sort_warps; w++) sum += shared[w][threadIdx.x];
    counts[(size_t)threadIdx.x * gridDim.x + blockIdx.x] = sum;
}

/// counts [length]: each becomes the sum of those in front of it. One block.
extern "C" __global__ void __launch_bounds__(1024) sort_scan(uint32_t* __restrict__ counts, int length) {
    constexpr int own = 4;
    __shared__ uint32_t sums[32];
    uint32_t carried = 0;
    for (int first = 0; first < length; first += 1024 * own) {
        uint32_t values[own], sum = 0;
        int at = first + threadIdx.x * own;
#pragma unroll
        for (int i = 0; i < own; i++) {
            uint32_t value = at + i < length ? counts[at + i] : 0;
            values[i] = sum;
            sum += value;
        }
        uint32_t inclusive = sum;
#pragma unroll
        for (int lanes = 1; lanes < 32; lanes <<= 1) {
            uint32_t other = __shfl_up_sync(all_lanes, inclusive, lanes);
            if (lane_index() >= lanes) inclusive += other;
        }
        if (lane_index() == 31) sums[warp_index()] = inclusive;
        __syncthreads();
        uint32_t before = carried, all = carried;
        for (int w = 0; w < 32; w++) {
            if (w < warp_index()) before += sums[w];
            all += sums[w];
        }
        carried = all;
#pragma unroll
        for (int i = 0; i < own; i++)
            if (at + i < length) counts[at + i] = before + inclusive - sum + values[i];
        __syncthreads();
    }
}

/// Keys and places in the order of a digit, equal ones as they were. from_places: null for 0, 1, 2 ...
/// offsets [256, blocks]: where a block's keys of each digit go.
extern "C" __global__ void __launch_bounds__(256) sort_move(uint32_t* __restrict__ to_keys,
                                                            uint32_t* __restrict__ to_places,
                                                            const uint32_t* __restrict__ from_keys,
                                                            const uint32_t* __restrict__ from_places,
                                                            const uint32_t* __restrict__ offsets, int64_t count,
                                                            uint32_t height, int shift) {
    __shared__ uint32_t next[sort_warps][digits];
    for (int w = 0; w < sort_warps; w++) next[w][threadIdx.x] = 0;
    __syncthreads();
    int64_t first = (int64_t)blockIdx.x * keys_of_block + warp_index() * keys_of_warp;
    count_digits(from_keys, first, count, height, shift, next[warp_index()]);
    __syncthreads();
    // A thread has one digit: where each warp's first key of it goes.
    uint32_t offset = offsets[(size_t)threadIdx.x * gridDim.x + blockIdx.x];
    for (int w = 0; w < sort_warps; w++) {
        uint32_t own = next[w][threadIdx.x];
        next[w][threadIdx.x] = offset;
        offset += own;
    }
    __syncthreads();
    for (int i = 0; i < keys_of_lane; i++) {
        int64_t at = first + i * 32 + lane_index();
        bool has_key = at < count;
        uint32_t key = has_key ? key_of(from_keys, at, height) : 0, digit = key >> shift & 255u;
        uint32_t same = lanes_with(digit, has_key), before = same & (1u << lane_index()) - 1u;
        uint32_t target = has_key ? next[warp_index()][digit] + __popc(before) : 0;
        __syncwarp();
        if (has_key) {
            if (before == 0) next[warp_index()][digit] = target + __popc(same);
            to_keys[target] = key;
            to_places[target] = from_places ? __ldg(from_places + at) : (uint32_t)at;
        }
        __syncwarp();
    }
}

/// bounds [height + 1]: how many of the sorted keys [count] are below each row.
extern "C" __global__ void __launch_bounds__(256) row_bounds(uint32_t* __restrict__ bounds,
                                                             const uint32_t* __restrict__ keys, int64_t count,
                                                             uint32_t height) {
    int64_t row = (int64_t)blockIdx.x * 256 + threadIdx.x;
    if (row > height) return;
    uint32_t low = 0, high = (uint32_t)count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (__ldg(keys + middle) < row) low = middle + 1;
        else high = middle;
    }
    bounds[row] = low;
}

/// A thread sums N columns of a part. A run of equal rows that lies in the part goes to the result; one that began
/// before or goes on behind goes to parts [all, 2, width]: the first of a part to 0, another one, which is its last,
/// to 1. blockDim.x threads side by side, blockDim.y parts.
template<int N> __device__ __forceinline__ void sum_part(float* __restrict__ result, float* __restrict__ parts,
                                                         const element* __restrict__ values,
                                                         const uint32_t* __restrict__ keys,
                                                         const uint32_t* __restrict__ places,
                                                         const uint32_t* __restrict__ bounds, int64_t count,
                                                         int64_t width, uint32_t height) {
    constexpr int ahead = 4;
    int64_t part = (int64_t)blockIdx.x * blockDim.y + threadIdx.y;
    int64_t column = ((int64_t)blockIdx.y * blockDim.x + threadIdx.x) * N;
    int64_t begin = part * places_of_part, end = begin + places_of_part < count ? begin + places_of_part : count;
    if (begin >= count || column >= width) return;
    float sum[N] = {};
    uint32_t row = __ldg(keys + begin);
    bool is_first = true;
    auto finish = [&]() {
        if (row >= height) return;
        bool is_whole = __ldg(bounds + row) >= begin && __ldg(bounds + row + 1) <= end;
        float* to = is_whole ? result + row * width : parts + (part * 2 + (is_first ? 0 : 1)) * width;
        store<N>(to + column, sum);
    };
    for (int64_t at = begin; at < end; at += ahead) {
        // Loads of several rows under way before the first is added.
        float next[ahead][N];
        uint32_t rows[ahead];
#pragma unroll
        for (int i = 0; i < ahead; i++) {
            if (at + i >= end) break;
            rows[i] = __ldg(keys + at + i);
            load<N>(values + __ldg(places + at + i) * width + column, next[i]);
        }
#pragma unroll
        for (int i = 0; i < ahead; i++) {
            if (at + i >= end) break;
            if (rows[i] != row) {
                finish();
                is_first = false;
                row = rows[i];
#pragma unroll
                for (int k = 0; k < N; k++) sum[k] = 0.0f;
            }
#pragma unroll
            for (int k = 0; k < N; k++) sum[k] += next[i][k];
        }
    }
    finish();
}

extern "C" __global__ void __launch_bounds__(128) sum_parts(float* __restrict__ result, float* __restrict__ parts,
                                                            const element* __restrict__ values,
                                                            const uint32_t* __restrict__ keys,
                                                            const uint32_t* __restrict__ places,
                                                            const uint32_t* __restrict__ bounds, int64_t count,
                                                            int64_t width, uint32_t height) {
    sum_part<16 / sizeof(element)>(result, parts, values, keys, places, bounds, count, width, height);
}

/// For widths and addresses that are no multiples of 16 bytes.
extern "C" __global__ void __launch_bounds__(128) sum_parts_single(float* __restrict__ result,
                                                                   float* __restrict__ parts,
                                                                   const element* __restrict__ values,
                                                                   const uint32_t* __restrict__ keys,
                                                                   const uint32_t* __restrict__ places,
                                                                   const uint32_t* __restrict__ bounds,
                                                                   int64_t count, int64_t width, uint32_t height) {
    sum_part<1>(result, parts, values, keys, places, bounds, count, width, height);
}

/// Rows that several parts have, and rows that none has.
extern "C" __global__ void __launch_bounds__(256) sum_rows(float* __restrict__ result, const float* __restrict__ parts,
                                                           const uint32_t* __restrict__ keys,
                                                           const uint32_t* __restrict__ bounds, int64_t width,
                                                           uint32_t height) {
    int64_t row = (int64_t)blockIdx.x * blockDim.y + threadIdx.y;
    if (row >= height) return;
    uint32_t begin = bounds[row], end = bounds[row + 1];
    uint32_t first = begin / places_of_part, last = begin < end ? (end - 1) / places_of_part : first;
    if (begin < end && first == last) return;
    for (int64_t column = threadIdx.x; column < width; column += blockDim.x) {
        float sum = 0.0f;
        // In the first part the row may come behind others; in the following ones it is the first.
        bool is_behind = begin < end && keys[first * places_of_part] != row;
        for (uint32_t part = first; begin < end && part <= last; part++)
            sum += parts[((int64_t)part * 2 + (part == first && is_behind ? 1 : 0)) * width + column];
        result[row * width + column] = sum;
    }
}
