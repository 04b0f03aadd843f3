// What Muon (Jordan et al., 2024) does of a stack of matrices [count, length] fp32 besides matrix products:
//
//   muon_direction   momentum ← decay · momentum + g; x = that, or looking ahead; sums of x² in blocks of 4096, double
//   muon_norms       factors [count] = 1 / |x|
//   muon_scale       x *= its factor
//   muon_step        weights ← weights (1 - rate · decay) - rate · size · x
//
// blockIdx.y is the matrix. Every element is read and written once by each.

#include "step_numbers.cuh"

enum : int { muon_threads = 256, block_length = 4096 };

struct GroupSettings { float rate_scale, decay; };

/// The block's places in a matrix, from its first element in the stack on.
template<class Step> __device__ __forceinline__ void for_part(int64_t length, Step step) {
    int64_t first = (int64_t)blockIdx.x * block_length, stack = blockIdx.y * length;
#pragma unroll 4
    for (int i = threadIdx.x; i < block_length; i += muon_threads)
        if (first + i < length) step(stack + first + i);
}

extern "C" __global__ void __launch_bounds__(256) muon_direction(float* __restrict__ x, double* __restrict__ sums,
                                                                 float* __restrict__ momentum,
                                                                 const float* __restrict__ gradients,
                                                                 const StepNumbers* __restrict__ numbers,
                                                                 int64_t length, float decay, int is_nesterov) {
    __shared__ double partial[32];
    if (numbers->skip) return;
    float scale = numbers->scale;
    double sum = 0.0;
    for_part(length, [&](int64_t at) {
        float gradient = mul(gradients[at], scale), m = add(mul(momentum[at], decay), gradient);
        float direction = is_nesterov ? add(gradient, mul(m, decay)) : m;
        momentum[at] = m;
        x[at] = direction;
        sum += (double)direction * (double)direction;
    });
    sum = block_sum<muon_threads>(sum, partial);
    if (threadIdx.x == 0) sums[(int64_t)blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

/// A block for each matrix.
extern "C" __global__ void __launch_bounds__(256) muon_norms(float* __restrict__ factors,
                                                             const double* __restrict__ sums,
                                                             const StepNumbers* __restrict__ numbers, int blocks) {
    __shared__ double partial[32];
    if (numbers->skip) return;
    double sum = 0.0;
    for (int i = threadIdx.x; i < blocks; i += 256) sum += sums[(int64_t)blockIdx.x * blocks + i];
    sum = block_sum<256>(sum, partial);
    if (threadIdx.x == 0) factors[blockIdx.x] = (float)(1.0 / (sqrt(sum) + 1e-7));
}

extern "C" __global__ void __launch_bounds__(256) muon_scale(float* __restrict__ x, const float* __restrict__ factors,
                                                             const StepNumbers* __restrict__ numbers,
                                                             int64_t length) {
    if (numbers->skip) return;
    float factor = factors[blockIdx.y];
    for_part(length, [&](int64_t at) { x[at] = mul(x[at], factor); });
}

extern "C" __global__ void __launch_bounds__(256) muon_step(float* __restrict__ weights, const float* __restrict__ x,
                                                            const GroupSettings* __restrict__ groups,
                                                            const StepNumbers* __restrict__ numbers, int64_t length,
                                                            float size) {
    if (numbers->skip) return;
    float step = mul(numbers->rate, groups[blockIdx.y].rate_scale), factor = mul(step, size);
    float keep = 1.0f - mul(step, groups[blockIdx.y].decay);
    for_part(length, [&](int64_t at) { weights[at] = add(mul(weights[at], keep), -mul(x[at], factor)); });
}
