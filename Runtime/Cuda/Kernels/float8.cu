// Tensors in 8 bits, each times a scale that takes the largest magnitude of the last steps to the format's largest number:
// Micikevicius et al., FP8 Formats for Deep Learning (2022); delayed scaling as in NVIDIA's Transformer Engine. The twin of
// the processor's Float8Scaling, with the same state: 32 numbers a tensor, the scale (0 before the first step), the largest
// magnitude of this step (-1 where there was none), the format's largest number, the steps remembered, theirs from 16 on.
//
// FROM: float, bf16 or f16. TO: f8e4m3 or f8e5m2. LARGEST: of the format.

enum : int { state_length = 32, history = 16, first_of_history = 16 };

__device__ __forceinline__ float scale_of(float most, float largest) {
    const float scale = largest / most;
    return most > 0.0f && most < infinity() && scale < infinity() ? scale : 1.0f;
}

#ifdef FROM
/// most [tensors], zeros before: bits of the largest magnitude, which are in the same order as numbers.
extern "C" __global__ void __launch_bounds__(256) largest_magnitude(const FROM* __restrict__ from, int* most, nint size) {
    const FROM* own = from + (nint)blockIdx.y * size;
    int largest = 0;
    for (nint at = (nint)blockIdx.x * 256 + threadIdx.x; at < size; at += (nint)gridDim.x * 256)
        largest = max(largest, __float_as_int(fabsf(to_float(own[at]))));
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes >>= 1) largest = max(largest, __shfl_xor_sync(all_lanes, largest, lanes));
    if (lane_index() == 0) atomicMax(most + blockIdx.y, largest);
}

/// used [tensors]: this step's scales; scales [tensors]: what products multiply by, their inverses.
extern "C" __global__ void choose_scales(const int* most, float* used, float* scales, float* state, int tensors) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= tensors) return;
    const float seen = __int_as_float(most[i]);
    float* own = state + (nint)i * state_length;
    const float scale = state && own[0] > 0.0f ? own[0] : scale_of(seen, LARGEST);
    used[i] = scale;
    scales[i] = 1.0f / scale;
    if (!state) return;
    own[2] = LARGEST;
    own[1] = maximum(seen, own[1]);
}

extern "C" __global__ void __launch_bounds__(256) quantize(const FROM* __restrict__ from, TO* __restrict__ to,
                                                           const float* __restrict__ used, nint size) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x, place = (nint)blockIdx.y * size + at;
    if (at < size) to[place] = from_float<TO>(to_float(from[place]) * used[blockIdx.y]);
}
#else
/// Ends a step: what each tensor's largest magnitude was goes into its history, and its scale follows.
extern "C" __global__ void update_scales(float* state, int tensors) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= tensors) return;
    float* own = state + (nint)i * state_length;
    if (own[1] < 0.0f || own[2] == 0.0f) return;
    // An overflow says nothing of the next step.
    if (own[1] < infinity()) {
        const int steps = (int)own[3];
        own[first_of_history + steps % history] = own[1];
        own[3] = (float)(steps + 1 < 2 * history ? steps + 1 : steps + 1 - history);
    }
    float most = 0.0f;
    for (int step = 0; step < history; step++) most = fmaxf(most, own[first_of_history + step]);
    own[0] = scale_of(most, own[2]);
    own[1] = -1.0f;
}

/// to [columns, rows] = from [rows, columns], whose rows lie stride bytes apart: products in 8 bits want both operands
/// dense along what is summed.
extern "C" __global__ void __launch_bounds__(256) transpose_bytes(const uint8_t* __restrict__ from,
                                                                  uint8_t* __restrict__ to, nint rows, nint columns,
                                                                  nint stride) {
    __shared__ uint8_t tile[32][33];
    const nint column = (nint)blockIdx.x * 32 + (threadIdx.x & 31), row = (nint)blockIdx.y * 32 + (threadIdx.x >> 5);
#pragma unroll
    for (int i = 0; i < 32; i += 8)
        if (row + i < rows && column < columns)
            tile[(threadIdx.x >> 5) + i][threadIdx.x & 31] = from[(row + i) * stride + column];
    __syncthreads();
    const nint to_row = (nint)blockIdx.x * 32 + (threadIdx.x >> 5), to_column = (nint)blockIdx.y * 32 + (threadIdx.x & 31);
#pragma unroll
    for (int i = 0; i < 32; i += 8)
        if (to_row + i < columns && to_column < rows)
            to[(to_row + i) * rows + to_column] = tile[threadIdx.x & 31][(threadIdx.x >> 5) + i];
}

/// fp32 of elements in 8 bits, by strides: where cuBLASLt has no product of such operands.
template<class T> __device__ __forceinline__ void widen(const T* from, float* to, const float* scale, nint rows,
                                                        nint columns, nint row_stride, nint column_stride) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= rows * columns) return;
    to[at] = to_float(from[at / columns * row_stride + at % columns * column_stride]) * *scale;
}
extern "C" __global__ void __launch_bounds__(256) widen_e4m3(const f8e4m3* from, float* to, const float* scale, nint rows,
                                                             nint columns, nint row_stride, nint column_stride) {
    widen(from, to, scale, rows, columns, row_stride, column_stride);
}
extern "C" __global__ void __launch_bounds__(256) widen_e5m2(const f8e5m2* from, float* to, const float* scale, nint rows,
                                                             nint columns, nint row_stride, nint column_stride) {
    widen(from, to, scale, rows, columns, row_stride, column_stride);
}
#endif
