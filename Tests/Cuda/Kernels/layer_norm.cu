// y [rows, 768] bf16 = layer_norm(x) gain + bias; mean, rstd [rows] fp32 are kept. A row a warp, 4 rows a block.
extern "C" __global__ void __launch_bounds__(128) layer_norm_forward(bf16* __restrict__ y, float* __restrict__ mean,
        float* __restrict__ rstd, const bf16* __restrict__ x, const bf16* __restrict__ gain,
        const bf16* __restrict__ bias, int rows) {
    constexpr int columns = 768, pieces = columns / 256;
    int row = blockIdx.x * 4 + warp_index();
    if (row >= rows) return;
    float v[pieces][8], sum = 0, squares = 0;
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        ld8(x + (size_t)row * columns + i * 256 + lane_index() * 8, v[i]);
#pragma unroll
        for (int k = 0; k < 8; k++) sum += v[i][k];
    }
    float m = row_sum(sum) * (1.0f / columns);
#pragma unroll
    for (int i = 0; i < pieces; i++)
#pragma unroll
        for (int k = 0; k < 8; k++) squares += (v[i][k] - m) * (v[i][k] - m);
    float r = rsqrtf(row_sum(squares) * (1.0f / columns) + 1e-5f);
    if (lane_index() == 0) {
        mean[row] = m;
        rstd[row] = r;
    }
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        int column = i * 256 + lane_index() * 8;
        float g[8], b[8];
        ld8(gain + column, g);
        ld8(bias + column, b);
#pragma unroll
        for (int k = 0; k < 8; k++) v[i][k] = (v[i][k] - m) * r * g[k] + b[k];
        st8(y + (size_t)row * columns + column, v[i]);
    }
}

// dx [rows, 768] bf16, and a block's sums over its rows: partial [blocks, 2, 768] fp32 of dy x^ and dy, for the
// gradients of gain and bias. 4 warps a block, which walk over the rows.
extern "C" __global__ void __launch_bounds__(128, 2) layer_norm_backward(bf16* __restrict__ dx, float* __restrict__ partial,
        const bf16* __restrict__ dy, const bf16* __restrict__ x, const bf16* __restrict__ gain,
        const float* __restrict__ mean, const float* __restrict__ rstd, int rows) {
    constexpr int columns = 768, pieces = columns / 256;
    __shared__ float sums[4][columns];
    float d_gain[pieces][8] = {}, d_bias[pieces][8] = {};
    for (int row = blockIdx.x * 4 + warp_index(); row < rows; row += gridDim.x * 4) {
        float m = mean[row], r = rstd[row], n[pieces][8], g[pieces][8], sum = 0, products = 0;
#pragma unroll
        for (int i = 0; i < pieces; i++) {
            int column = i * 256 + lane_index() * 8;
            float w[8], d[8];
            ld8(x + (size_t)row * columns + column, n[i]);
            ld8(dy + (size_t)row * columns + column, d);
            ld8(gain + column, w);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                n[i][k] = (n[i][k] - m) * r;
                d_gain[i][k] += d[k] * n[i][k];
                d_bias[i][k] += d[k];
                g[i][k] = d[k] * w[k];
                sum += g[i][k];
                products += g[i][k] * n[i][k];
            }
        }
        sum = row_sum(sum) * (1.0f / columns);
        products = row_sum(products) * (1.0f / columns);
#pragma unroll
        for (int i = 0; i < pieces; i++) {
#pragma unroll
            for (int k = 0; k < 8; k++) g[i][k] = (g[i][k] - sum - n[i][k] * products) * r;
            st8(dx + (size_t)row * columns + i * 256 + lane_index() * 8, g[i]);
        }
    }
    for (int of = 0; of < 2; of++) {
#pragma unroll
        for (int i = 0; i < pieces; i++) store(&sums[warp_index()][i * 256 + lane_index() * 8], of == 0 ? d_gain[i] : d_bias[i]);
        __syncthreads();
        for (int c = threadIdx.x; c < columns; c += 128)
            partial[((size_t)blockIdx.x * 2 + of) * columns + c] = sums[0][c] + sums[1][c] + sums[2][c] + sums[3][c];
        __syncthreads();
    }
}
