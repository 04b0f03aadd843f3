// What is done with all gradients before an update, over the flat arena [length] fp32 in blocks of 4096 elements:
//
//   squared_norm       sums [blocks] double = Σ x² of each block
//   finish_norm        norm, clip factor, whether all is finite, the step's number: StepNumbers
//   clamp_gradients    x cut to ± bound
//   add_gradients      to (+)= factor · from: micro-batches
//   scale_gradients    to = factor · from
//   average_weights    average += part · (weights - average)
//
// Nothing waits for the host. Arenas begin at multiples of 16 bytes; every element is read, and written, once.

#include "step_numbers.cuh"

enum : int { gradient_threads = 256, block_length = 4096 };

/// Each element of the block's part of [0, length), four at a time, by its place and how many.
template<class Step> __device__ __forceinline__ void for_part(int64_t length, Step step) {
    int64_t first = (int64_t)blockIdx.x * block_length;
#pragma unroll
    for (int i = 0; i < block_length / (4 * gradient_threads); i++) {
        int64_t at = first + (i * gradient_threads + threadIdx.x) * 4;
        if (at < length) step(at, length - at < 4 ? (int)(length - at) : 4);
    }
}

__device__ __forceinline__ void load_part(const float* x, int64_t at, int count, float (&v)[4]) {
    if (count == 4) {
        load<4>(x + at, v);
        return;
    }
#pragma unroll
    for (int k = 0; k < 4; k++) v[k] = k < count ? x[at + k] : 0.0f;
}

__device__ __forceinline__ void store_part(float* x, int64_t at, int count, const float (&v)[4]) {
    if (count == 4) {
        store<4>(x + at, v);
        return;
    }
#pragma unroll
    for (int k = 0; k < 4; k++)
        if (k < count) x[at + k] = v[k];
}

/// Squares of floats are exact in double, so only their sums are rounded.
extern "C" __global__ void __launch_bounds__(256) squared_norm(double* __restrict__ sums, const float* __restrict__ x,
                                                               int64_t length) {
    __shared__ double partial[32];
    double sum = 0.0;
    for_part(length, [&](int64_t at, int count) {
        float v[4];
        load_part(x, at, count, v);
#pragma unroll
        for (int k = 0; k < 4; k++) sum += (double)v[k] * (double)v[k];
    });
    sum = block_sum<gradient_threads>(sum, partial);
    if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

__device__ double whole_power(double x, int exponent) {
    double y = 1.0;
    for (; exponent > 0; exponent >>= 1, x *= x)
        if (exponent & 1) y *= x;
    return y;
}

/// One block. A step whose gradients are finite is counted, and the corrections become its own.
extern "C" __global__ void __launch_bounds__(1024) finish_norm(StepNumbers* __restrict__ numbers,
                                                               const double* __restrict__ sums, int blocks,
                                                               float beta1, float beta2, int is_sticky) {
    __shared__ double partial[32];
    double sum = 0.0;
#pragma unroll 4
    for (int i = threadIdx.x; i < blocks; i += 1024) sum += sums[i];
    sum = block_sum<1024>(sum, partial);
    if (threadIdx.x != 0) return;
    double scale = numbers->gradient_scale, norm = sqrt(sum) * scale, most = numbers->max_norm;
    bool is_finite = norm - norm == 0.0;
    numbers->norm = (float)norm;
    bool skips = !is_finite || is_sticky && numbers->skip;
    numbers->skip = skips ? 1 : 0;
    if (skips) {
        numbers->skipped++;
        return;
    }
    int step = ++numbers->step;
    numbers->scale = norm > most ? (float)(scale * (most / norm)) : (float)scale;
    numbers->correction1 = (float)(1.0 - whole_power(beta1, step));
    numbers->correction2 = (float)sqrt(1.0 - whole_power(beta2, step));
}

/// bound: of gradients times gradient_scale. What is infinite or no number stays so, to be found.
extern "C" __global__ void __launch_bounds__(256) clamp_gradients(float* __restrict__ x,
                                                                  const StepNumbers* __restrict__ numbers,
                                                                  int64_t length, float bound) {
    float most = bound / numbers->gradient_scale;
    for_part(length, [&](int64_t at, int count) {
        float v[4];
        load_part(x, at, count, v);
#pragma unroll
        for (int k = 0; k < 4; k++)
            if (fabsf(v[k]) < infinity()) v[k] = fminf(fmaxf(v[k], -most), most);
        store_part(x, at, count, v);
    });
}

extern "C" __global__ void __launch_bounds__(256) add_gradients(float* __restrict__ to,
                                                                const float* __restrict__ from, int64_t length,
                                                                float factor, int is_first) {
    for_part(length, [&](int64_t at, int count) {
        float v[4], old[4] = {};
        load_part(from, at, count, v);
        if (!is_first) load_part(to, at, count, old);
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] = is_first ? mul(v[k], factor) : add(old[k], mul(v[k], factor));
        store_part(to, at, count, v);
    });
}

/// to and from may be the same.
extern "C" __global__ void __launch_bounds__(256) scale_gradients(float* to, const float* from, int64_t length,
                                                                  float factor) {
    for_part(length, [&](int64_t at, int count) {
        float v[4];
        load_part(from, at, count, v);
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] = mul(v[k], factor);
        store_part(to, at, count, v);
    });
}

/// Weights that do not change stay as they are, and so do all in a step that is skipped.
extern "C" __global__ void __launch_bounds__(256) average_weights(float* __restrict__ average,
                                                                  const float* __restrict__ weights,
                                                                  const StepNumbers* __restrict__ numbers,
                                                                  int64_t length, float part) {
    if (numbers->skip) return;
    for_part(length, [&](int64_t at, int count) {
        float v[4], old[4];
        load_part(weights, at, count, v);
        load_part(average, at, count, old);
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] = add(old[k], mul(add(v[k], -old[k]), part));
        store_part(average, at, count, v);
    });
}

template<class Struct, class Field> __device__ __forceinline__ size_t place_of(Field Struct::*field) {
    return reinterpret_cast<size_t>(&(static_cast<Struct*>(nullptr)->*field));
}

/// Sizes and places of the structs' fields, for the test that C# has the same.
extern "C" __global__ void step_layout(int* __restrict__ layout) {
    auto put = [&](int at, size_t value) { layout[at] = (int)value; };
    put(0, sizeof(StepNumbers));
    put(1, place_of(&StepNumbers::rate));
    put(2, place_of(&StepNumbers::gradient_scale));
    put(3, place_of(&StepNumbers::max_norm));
    put(4, place_of(&StepNumbers::key0));
    put(5, place_of(&StepNumbers::key1));
    put(6, place_of(&StepNumbers::step));
    put(7, place_of(&StepNumbers::correction1));
    put(8, place_of(&StepNumbers::correction2));
    put(9, place_of(&StepNumbers::scale));
    put(10, place_of(&StepNumbers::norm));
    put(11, place_of(&StepNumbers::skip));
    put(12, place_of(&StepNumbers::skipped));
    put(13, sizeof(UpdateBlock));
    put(14, place_of(&UpdateBlock::first));
    put(15, place_of(&UpdateBlock::second));
    put(16, place_of(&UpdateBlock::length));
    put(17, place_of(&UpdateBlock::rate_scale));
    put(18, place_of(&UpdateBlock::decay));
}
