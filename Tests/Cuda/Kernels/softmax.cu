// x, y [rows, 1024] bf16: a row a warp, the row in registers, 8 rows a block.
extern "C" __global__ void __launch_bounds__(256) softmax_1024(bf16* __restrict__ y, const bf16* __restrict__ x, int rows) {
    constexpr int columns = 1024, pieces = columns / 256;
    int row = blockIdx.x * 8 + warp_index();
    if (row >= rows) return;
    float v[pieces][8], largest = -infinity(), sum = 0;
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        ld8(x + (size_t)row * columns + i * 256 + lane_index() * 8, v[i]);
#pragma unroll
        for (int k = 0; k < 8; k++) largest = fmaxf(largest, v[i][k]);
    }
    largest = row_max(largest);
#pragma unroll
    for (int i = 0; i < pieces; i++)
#pragma unroll
        for (int k = 0; k < 8; k++) sum += v[i][k] = exp2_fast((v[i][k] - largest) * 1.44269504f);
    float scale = 1.0f / row_sum(sum);
#pragma unroll
    for (int i = 0; i < pieces; i++) {
#pragma unroll
        for (int k = 0; k < 8; k++) v[i][k] *= scale;
        st8(y + (size_t)row * columns + i * 256 + lane_index() * 8, v[i]);
    }
}

// x [rows, columns] fp32, y [rows] fp32: the logarithm of the sum of e^x of a row, read once, a row a block of 128.
extern "C" __global__ void __launch_bounds__(128) log_sum_exp(float* __restrict__ y, const float* __restrict__ x, int columns) {
    __shared__ float partial[32];
    const float* row = x + (size_t)blockIdx.x * columns;
    float largest = -infinity(), sum = 0;
    for (int c = threadIdx.x; c < columns; c += 128) merge_softmax(largest, sum, row[c], 1.0f);
    float all = block_max<128>(largest, partial);
    sum = block_sum<128>(largest == -infinity() ? 0.0f : sum * __expf(largest - all), partial);
    if (threadIdx.x == 0) y[blockIdx.x] = all + logf(sum);
}
