// partial [blocks, columns] fp32: sums over a block's rows of x [rows, columns] bf16. A block has 32 columns of 8 and 8
// rows at once; blockIdx.x counts columns / 256, blockIdx.y rows. columns is a multiple of 256.
extern "C" __global__ void __launch_bounds__(256) column_sums(float* __restrict__ partial, const bf16* __restrict__ x,
                                                              int rows, int columns) {
    __shared__ float sums[8][256];
    int column = blockIdx.x * 256 + lane_index() * 8;
    float sum[8] = {};
    for (int row = blockIdx.y * 8 + warp_index(); row < rows; row += gridDim.y * 8) {
        float v[8];
        ld8_once(x + (size_t)row * columns + column, v);
#pragma unroll
        for (int k = 0; k < 8; k++) sum[k] += v[k];
    }
    st8(&sums[warp_index()][lane_index() * 8], sum);
    __syncthreads();
    float total = 0;
#pragma unroll
    for (int w = 0; w < 8; w++) total += sums[w][threadIdx.x];
    partial[(size_t)blockIdx.y * columns + blockIdx.x * 256 + threadIdx.x] = total;
}

// y [columns] fp32: the sums of partial [blocks, columns], in a fixed order.
extern "C" __global__ void __launch_bounds__(256) column_sums_finish(float* __restrict__ y, const float* __restrict__ partial,
                                                                     int blocks, int columns) {
    int column = blockIdx.x * 256 + threadIdx.x;
    if (column >= columns) return;
    float sum = 0;
    for (int block = 0; block < blocks; block++) sum += partial[(size_t)block * columns + column];
    y[column] = sum;
}

// y [columns, rows] = x [rows, columns] transposed, bf16: tiles of 32 x 32, one column more so that no two lanes meet
// in a bank. A block of 256 threads does a tile.
extern "C" __global__ void __launch_bounds__(256) transpose(bf16* __restrict__ y, const bf16* __restrict__ x, int rows,
                                                            int columns) {
    __shared__ bf16 tile[32][33];
    int row = blockIdx.y * 32, column = blockIdx.x * 32;
    for (int r = warp_index(); r < 32; r += 8)
        if (row + r < rows && column + lane_index() < columns)
            tile[r][lane_index()] = x[(size_t)(row + r) * columns + column + lane_index()];
    __syncthreads();
    for (int c = warp_index(); c < 32; c += 8)
        if (column + c < columns && row + lane_index() < rows)
            y[(size_t)(column + c) * rows + row + lane_index()] = tile[lane_index()][c];
}
