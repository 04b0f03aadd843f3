// What an update reads that changes from step to step, in device memory, so that a recorded step stays as it is:
// StepNumbers of Runtime/Cuda/StepNumbers.cs. And UpdateBlock of Runtime/Training/UpdateBlock.cs.

struct StepNumbers {
    float rate;                     // learning rate
    float gradient_scale;           // what gradients are multiplied by before anything is done with them
    float max_norm;                 // infinity for any
    uint32_t key0, key1;            // of stochastic rounding
    int step;                       // from 1; finish_norm counts
    float correction1, correction2; // 1 - beta1^step, √(1 - beta2^step)
    float scale;                    // gradient_scale and what clipping by norm leaves
    float norm;
    int skip;                       // 1: a gradient is not finite, and nothing is changed
    int skipped;                    // steps so far of which that is true
};

/// A stretch of the parameter arena with its group's settings.
struct UpdateBlock {
    int64_t first, second;          // in the arenas; in state that is kept for some parameters only
    int length;
    float rate_scale, decay;
};

// Without the fused multiply-add: the CPU's updates round each product, and both targets are to agree.
__device__ __forceinline__ float mul(float a, float b) { return __fmul_rn(a, b); }
__device__ __forceinline__ float add(float a, float b) { return __fadd_rn(a, b); }

/// The sum over THREADS of a block, to all of them; the order is fixed. partial: 32 doubles of shared memory, free
/// again when it returns.
template<int THREADS> __device__ __forceinline__ double block_sum(double x, double* partial) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(all_lanes, x, lanes);
    if (lane_index() == 0) partial[warp_index()] = x;
    __syncthreads();
    x = lane_index() < THREADS / 32 ? partial[lane_index()] : 0.0;
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) x += __shfl_xor_sync(all_lanes, x, lanes);
    __syncthreads();
    return x;
}
