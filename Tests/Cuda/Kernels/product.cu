// c [m, n] fp32 = a [m, k] bf16 · b [n, k] bf16, transposed. Blocks of 4 warps do 64 x 64, 32 of k at a time, the next
// part under way while this one is multiplied. m, n multiples of 64, k of 32.
extern "C" __global__ void __launch_bounds__(128) product(float* __restrict__ c, const bf16* __restrict__ a,
                                                          const bf16* __restrict__ b, int m, int n, int k) {
    constexpr int stride = 40;      // 32 and 8 more, so that eight rows lie in different banks
    __shared__ __align__(128) bf16 tile_a[2][64 * stride];
    __shared__ __align__(128) bf16 tile_b[2][64 * stride];
    int first_row = blockIdx.y * 64, first_column = blockIdx.x * 64;
    int row = (warp_index() & 1) * 32, column = (warp_index() >> 1) * 32, lane = lane_index();
    float sums[2][4][4] = {};
    auto fetch = [&](int part, int buffer) {
        for (int i = 0; i < 2; i++) {
            int piece = threadIdx.x + i * 128, r = piece >> 2, at = (piece & 3) * 8;
            copy16_async(&tile_a[buffer][r * stride + at], a + (size_t)(first_row + r) * k + part * 32 + at);
            copy16_async(&tile_b[buffer][r * stride + at], b + (size_t)(first_column + r) * k + part * 32 + at);
        }
        copy_commit();
    };
    int parts = k / 32;
    fetch(0, 0);
    for (int part = 0; part < parts; part++) {
        if (part + 1 < parts) {
            fetch(part + 1, (part + 1) & 1);
            copy_wait<1>();
        } else {
            copy_wait<0>();
        }
        __syncthreads();
        const bf16* here_a = tile_a[part & 1];
        const bf16* here_b = tile_b[part & 1];
#pragma unroll
        for (int depth = 0; depth < 32; depth += 16) {
            uint32_t fa[2][4], fb[2][4];
            for (int i = 0; i < 2; i++) load_matrix(fa[i], here_a + (row + i * 16 + (lane & 15)) * stride + depth + (lane >> 4) * 8);
            for (int j = 0; j < 2; j++)
                load_matrix(fb[j], here_b + (column + j * 16 + (lane & 7) + (lane >> 4 & 1) * 8) * stride + depth + (lane >> 3 & 1) * 8);
#pragma unroll
            for (int i = 0; i < 2; i++)
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    uint32_t pair[2] = { fb[j >> 1][(j & 1) * 2], fb[j >> 1][(j & 1) * 2 + 1] };
                    multiply_bf16(sums[i][j], fa[i], pair);
                }
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) {
            size_t at = (size_t)(first_row + row + i * 16 + (lane >> 2)) * n + first_column + column + j * 8 + (lane & 3) * 2;
            c[at] = sums[i][j][0];
            c[at + 1] = sums[i][j][1];
            c[at + 8 * (size_t)n] = sums[i][j][2];
            c[at + 8 * (size_t)n + 1] = sums[i][j][3];
        }
}
