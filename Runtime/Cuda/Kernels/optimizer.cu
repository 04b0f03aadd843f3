// Updates that go element by element, over flat fp32 arenas of all parameters at once: blocks [count] UpdateBlock of at
// most 4096 elements, one to a block of threads. weights, gradients and state [arena] fp32. copy [arena] COPY, where it
// is not null, gets the new weights rounded, to nearest or by chance. The operations are those of UpdateKernels.cs in
// the generator, rounded as there.
//
//   adamw   w ← w (1 - r d) - r/c1 · m / (√v / c2 + ε),  m ← β1 m + (1 - β1) g,  v ← β2 v + (1 - β2) g²
//   sgd     w ← w - r v,  v ← μ v + g + d w;  or r (g + d w + μ v)
//   lion    w ← w (1 - r d) - r sign(β1 m + (1 - β1) g),  m ← β2 m + (1 - β2) g
//
// Bytes of each element: adamw 28, sgd and lion 20, and those of COPY.

#include "step_numbers.cuh"

#ifndef COPY
#define COPY float
#endif

typedef COPY copied;

template<int N> struct Count { static constexpr int n = N; };

/// A number of 16 bits by chance up or down, random: 32 bits. NaN and infinity stay.
__device__ __forceinline__ float by_chance(float x, uint32_t random, float) { return x; }
__device__ __forceinline__ bf16 by_chance(float x, uint32_t random, bf16) { return stochastic_bf16(x, random); }
__device__ __forceinline__ f16 by_chance(float x, uint32_t random, f16) {
    uint32_t bits = __float_as_uint(x), magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x477fe000u) return from_float<f16>(x);        // 65504 and above, infinity and NaN
    if (magnitude >= 0x38800000u) {                                 // normal numbers: the low 13 bits decide
        uint32_t rounded = (bits + (random & 0x1fffu)) & ~0x1fffu;
        return from_float<f16>(__uint_as_float(rounded));
    }
    // Multiples of 2^-24, the smallest number.
    float steps = fabsf(x) * 16777216.0f + (float)(random >> 8) * (1.0f / (1 << 24));
    float whole = floorf(steps) * (1.0f / 16777216.0f);
    return from_float<f16>(x < 0.0f ? -whole : whole);
}

/// The new weights of elements at and following, and their copies.
template<int N> __device__ __forceinline__ void store_weights(float* weights, copied* copy, int64_t at,
                                                              const float (&w)[N], const StepNumbers* numbers,
                                                              bool is_stochastic) {
    store<N>(weights + at, w);
    if (sizeof(copied) == sizeof(float) || copy == nullptr) return;
    if (!is_stochastic) {
        store<N>(copy + at, w);
        return;
    }
    Pack<copied, N> pack;
#pragma unroll
    for (int k = 0; k < N; k++) {
        uint64_t index = (uint64_t)at + k;
        uint32_t random = random_bits((uint32_t)index, numbers->key0 ^ (uint32_t)(index >> 32), numbers->key1,
                                      (uint32_t)numbers->step);
        pack.v[k] = by_chance(w[k], random, copied{});
    }
    *reinterpret_cast<Pack<copied, N>*>(copy + at) = pack;
}

/// Four elements at a time where the block begins at a multiple of four, which the padding of parameters sees to but
/// where a group divides stacked layers.
template<class Step> __device__ __forceinline__ void for_block(const UpdateBlock& block, Step step) {
    int done = 0;
    if (((block.first | block.second) & 3) == 0) {
        done = block.length & ~3;
        for (int i = threadIdx.x * 4; i < done; i += blockDim.x * 4) step(Count<4>{}, i);
    }
    for (int i = done + threadIdx.x; i < block.length; i += blockDim.x) step(Count<1>{}, i);
}

/// What all updates have.
struct Update {
    const UpdateBlock block;
    const StepNumbers* const numbers;
    float* const weights;
    const float* const gradients;
    float* const mean;          // or velocity
    copied* const copy;
    const float clip;
    const bool is_stochastic;
};

struct AdamW : Update {
    float* square;              // kept at the block's second place
    float beta1, beta2, new_mean, new_square, keep, size, root_correction, epsilon;

    template<int N> __device__ __forceinline__ void operator()(Count<N>, int i) const {
        int64_t at = block.first + i, second = block.second + i;
        float g[N], m[N], v[N], w[N];
        load<N>(gradients + at, g);
        load<N>(mean + at, m);
        load<N>(square + second, v);
        load<N>(weights + at, w);
#pragma unroll
        for (int k = 0; k < N; k++) {
            float gradient = mul(g[k], clip);
            m[k] = add(mul(m[k], beta1), mul(gradient, new_mean));
            v[k] = add(mul(v[k], beta2), mul(mul(gradient, gradient), new_square));
            float step = mul(size, m[k]) / add(mul(sqrtf(v[k]), root_correction), epsilon);
            w[k] = add(mul(w[k], keep), -step);
        }
        store<N>(mean + at, m);
        store<N>(square + second, v);
        store_weights(weights, copy, at, w, numbers, is_stochastic);
    }
};

extern "C" __global__ void __launch_bounds__(256) adamw(const UpdateBlock* __restrict__ blocks,
                                                        const StepNumbers* __restrict__ numbers,
                                                        float* __restrict__ weights,
                                                        const float* __restrict__ gradients, float* __restrict__ mean,
                                                        float* __restrict__ square, copied* __restrict__ copy,
                                                        float beta1, float beta2, float epsilon, float rate_factor,
                                                        int is_stochastic) {
    if (numbers->skip) return;
    UpdateBlock block = blocks[blockIdx.x];
    float own = mul(mul(numbers->rate, rate_factor), block.rate_scale);
    for_block(block, AdamW{
        { block, numbers, weights, gradients, mean, copy, numbers->scale, is_stochastic != 0 }, square, beta1, beta2,
        1.0f - beta1, 1.0f - beta2, 1.0f - mul(own, block.decay), own / numbers->correction1,
        1.0f / numbers->correction2, epsilon });
}

struct Sgd : Update {
    float momentum, size;
    bool is_nesterov;

    template<int N> __device__ __forceinline__ void operator()(Count<N>, int i) const {
        int64_t at = block.first + i;
        float g[N], v[N], w[N];
        load<N>(gradients + at, g);
        load<N>(mean + at, v);
        load<N>(weights + at, w);
#pragma unroll
        for (int k = 0; k < N; k++) {
            float gradient = add(mul(g[k], clip), mul(w[k], block.decay));
            v[k] = add(mul(v[k], momentum), gradient);
            w[k] = add(w[k], -mul(is_nesterov ? add(gradient, mul(v[k], momentum)) : v[k], size));
        }
        store<N>(mean + at, v);
        store_weights(weights, copy, at, w, numbers, is_stochastic);
    }
};

extern "C" __global__ void __launch_bounds__(256) sgd(const UpdateBlock* __restrict__ blocks,
                                                      const StepNumbers* __restrict__ numbers,
                                                      float* __restrict__ weights, const float* __restrict__ gradients,
                                                      float* __restrict__ velocity, copied* __restrict__ copy,
                                                      float momentum, int is_nesterov, int is_stochastic) {
    if (numbers->skip) return;
    UpdateBlock block = blocks[blockIdx.x];
    for_block(block, Sgd{
        { block, numbers, weights, gradients, velocity, copy, numbers->scale, is_stochastic != 0 }, momentum,
        mul(numbers->rate, block.rate_scale), is_nesterov != 0 });
}

struct Lion : Update {
    float beta1, beta2, new1, new2, keep, own;

    template<int N> __device__ __forceinline__ void operator()(Count<N>, int i) const {
        int64_t at = block.first + i;
        float g[N], m[N], w[N];
        load<N>(gradients + at, g);
        load<N>(mean + at, m);
        load<N>(weights + at, w);
#pragma unroll
        for (int k = 0; k < N; k++) {
            float gradient = mul(g[k], clip), direction = add(mul(m[k], beta1), mul(gradient, new1));
            m[k] = add(mul(m[k], beta2), mul(gradient, new2));
            float up = direction > 0.0f ? own : 0.0f, down = direction < 0.0f ? own : 0.0f;
            w[k] = add(add(mul(w[k], keep), -up), down);
        }
        store<N>(mean + at, m);
        store_weights(weights, copy, at, w, numbers, is_stochastic);
    }
};

extern "C" __global__ void __launch_bounds__(256) lion(const UpdateBlock* __restrict__ blocks,
                                                       const StepNumbers* __restrict__ numbers,
                                                       float* __restrict__ weights,
                                                       const float* __restrict__ gradients, float* __restrict__ mean,
                                                       copied* __restrict__ copy, float beta1, float beta2,
                                                       int is_stochastic) {
    if (numbers->skip) return;
    UpdateBlock block = blocks[blockIdx.x];
    float own = mul(numbers->rate, block.rate_scale);
    for_block(block, Lion{
        { block, numbers, weights, gradients, mean, copy, numbers->scale, is_stochastic != 0 }, beta1, beta2,
        1.0f - beta1, 1.0f - beta2, 1.0f - mul(own, block.decay), own });
}

/// copy [length] = weights [length], to nearest: after weights were loaded.
extern "C" __global__ void __launch_bounds__(256) copy_weights(copied* __restrict__ copy,
                                                               const float* __restrict__ weights, int64_t length) {
    int64_t first = ((int64_t)blockIdx.x * 256 + threadIdx.x) * 4;
    if (first + 4 <= length) {
        float w[4];
        load<4>(weights + first, w);
        store<4>(copy + first, w);
        return;
    }
    for (int64_t at = first; at < length; at++) copy[at] = from_float<copied>(weights[at]);
}
