// A block's part of a matrix product, C [64, 128] += A [64, depth] · B [depth, 128], from shared memory, by 128
// threads. Of fp32 by fused multiply-adds, 8 x 8 sums to a thread; of 16-bit elements by the matrix units, 32 x 64 sums
// to a warp. Two buffers: one is filled while the other is multiplied. Sums are fp32, in the order of depth.

enum : int { tile_rows = 64, tile_columns = 128, tile_threads = 128, tile_sums = 64 };

template<class T> struct Tile;

template<> struct Tile<float> {
    static constexpr int depth = 8;
    // Four more, so that places of eight k by four rows lie in different banks.
    float a[2][depth][tile_rows + 4], b[2][depth][tile_columns + 4];

    __device__ __forceinline__ void put_a(int buffer, int row, int k, float value) { a[buffer][k][row] = value; }
    __device__ __forceinline__ void put_b(int buffer, int k, int column, float value) { b[buffer][k][column] = value; }

    /// Neighbours along k.
    template<int N> __device__ __forceinline__ void put_row(int buffer, int row, int k, const float (&values)[N]) {
#pragma unroll
        for (int i = 0; i < N; i++) a[buffer][k + i][row] = values[i];
    }
    template<int N> __device__ __forceinline__ void put_column(int buffer, int k, int column,
                                                               const float (&values)[N]) {
#pragma unroll
        for (int i = 0; i < N; i++) b[buffer][k + i][column] = values[i];
    }

    __device__ __forceinline__ void multiply(int buffer, float (&sums)[tile_sums]) const {
        int row = threadIdx.x / 16 * 4, column = threadIdx.x % 16 * 4;
#pragma unroll
        for (int k = 0; k < depth; k++) {
            float x[8], y[8];
            Pack<float, 4> low = *reinterpret_cast<const Pack<float, 4>*>(&a[buffer][k][row]);
            Pack<float, 4> high = *reinterpret_cast<const Pack<float, 4>*>(&a[buffer][k][row + tile_rows / 2]);
            Pack<float, 4> left = *reinterpret_cast<const Pack<float, 4>*>(&b[buffer][k][column]);
            Pack<float, 4> right = *reinterpret_cast<const Pack<float, 4>*>(&b[buffer][k][column + tile_columns / 2]);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                x[i] = low.v[i];
                x[i + 4] = high.v[i];
                y[i] = left.v[i];
                y[i + 4] = right.v[i];
            }
#pragma unroll
            for (int i = 0; i < 8; i++)
#pragma unroll
                for (int j = 0; j < 8; j++) sums[i * 8 + j] = fmaf(x[i], y[j], sums[i * 8 + j]);
        }
    }

    /// Each of this thread's sums with its row and column.
    template<class Result> static __device__ __forceinline__ void each(const float (&sums)[tile_sums],
                                                                       Result result) {
        int row = threadIdx.x / 16 * 4, column = threadIdx.x % 16 * 4;
#pragma unroll
        for (int i = 0; i < 8; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
                result(row + i % 4 + i / 4 * (tile_rows / 2), column + j % 4 + j / 4 * (tile_columns / 2),
                       sums[i * 8 + j]);
    }
};

/// bf16 and f16.
template<class T> struct Tile {
    // A thread's operands of a step wait in registers, one for each element: more would cost the third block.
    static constexpr int depth = 16;
    static constexpr int stride = depth + 8;       // so that eight rows lie in different banks
    T a[2][tile_rows * stride], b[2][tile_columns * stride];

    __device__ __forceinline__ void put_a(int buffer, int row, int k, T value) { a[buffer][row * stride + k] = value; }
    __device__ __forceinline__ void put_b(int buffer, int k, int column, T value) {
        b[buffer][column * stride + k] = value;
    }

    template<int N> __device__ __forceinline__ void put_row(int buffer, int row, int k, const T (&values)[N]) {
        put(&a[buffer][row * stride + k], values);
    }
    template<int N> __device__ __forceinline__ void put_column(int buffer, int k, int column, const T (&values)[N]) {
        put(&b[buffer][column * stride + k], values);
    }

    __device__ __forceinline__ void multiply(int buffer, float (&sums)[tile_sums]) const {
        int row = (warp_index() & 1) * 32, column = (warp_index() >> 1) * 64, lane = lane_index();
        uint32_t x[2][4];
#pragma unroll
        for (int i = 0; i < 2; i++)
            load_matrix(x[i], &a[buffer][(row + i * 16 + (lane & 15)) * stride + (lane >> 4) * 8]);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            uint32_t y[4];
            int own = column + j * 16 + (lane & 7) + (lane >> 4) * 8;
            load_matrix(y, &b[buffer][own * stride + (lane >> 3 & 1) * 8]);
#pragma unroll
            for (int half = 0; half < 2; half++) {
                uint32_t pair[2] = { y[half * 2], y[half * 2 + 1] };
#pragma unroll
                for (int i = 0; i < 2; i++)
                    multiply_add(reinterpret_cast<float (&)[4]>(sums[(i * 8 + j * 2 + half) * 4]), x[i], pair, T{});
            }
        }
    }

    template<class Result> static __device__ __forceinline__ void each(const float (&sums)[tile_sums],
                                                                       Result result) {
        int row = (warp_index() & 1) * 32 + (lane_index() >> 2);
        int column = (warp_index() >> 1) * 64 + (lane_index() & 3) * 2;
#pragma unroll
        for (int i = 0; i < 2; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
#pragma unroll
                for (int k = 0; k < 4; k++)
                    result(row + i * 16 + k / 2 * 8, column + j * 8 + k % 2, sums[(i * 8 + j) * 4 + k]);
    }

private:
    template<int N> static __device__ __forceinline__ void put(T* to, const T (&values)[N]) {
#pragma unroll
        for (int i = 0; i < N; i += 8) {
            Pack<T, 8> pack;
#pragma unroll
            for (int k = 0; k < 8; k++) pack.v[k] = values[i + k];
            *reinterpret_cast<Pack<T, 8>*>(to + i) = pack;
        }
    }

    static __device__ __forceinline__ void multiply_add(float (&d)[4], const uint32_t (&x)[4], const uint32_t (&y)[2],
                                                        bf16) {
        multiply_bf16(d, x, y);
    }
    static __device__ __forceinline__ void multiply_add(float (&d)[4], const uint32_t (&x)[4], const uint32_t (&y)[2],
                                                        f16) {
        multiply_f16(d, x, y);
    }
};

/// The whole product of so many steps of depth. fetch: a step's operands, from global memory to registers; put: from
/// these to a buffer. The loads of a step are under way while the one before is multiplied.
template<class T, class Loader> __device__ __forceinline__ void multiply_steps(Tile<T>& tile, Loader& loader, int steps,
                                                                               float (&sums)[tile_sums]) {
    if (steps == 0) return;
    loader.fetch();
    loader.put(tile, 0);
    __syncthreads();
    for (int step = 0; step < steps; step++) {
        if (step + 1 < steps) loader.fetch();
        tile.multiply(step & 1, sums);
        if (step + 1 < steps) loader.put(tile, step + 1 & 1);
        __syncthreads();
    }
}
