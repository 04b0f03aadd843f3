// Attention in fp32 without tensor cores: tiles in shared memory and the products of a block. A thread has 4 rows of
// its block's, and every 16th column of scores, every 16th group of 4 columns of results; 16 neighbours share their
// rows.

constexpr int vector = 4, row_lanes = 16;
constexpr int widest = HEAD > VALUE ? HEAD : VALUE;

constexpr __host__ __device__ int padded(int columns) { return ceil_div(columns, 4) * 4; }

/// Elements from row to row in shared memory: an odd number of 16 bytes, so that 8 rows lie in different banks.
constexpr __host__ __device__ int pitch(int columns) { return padded(columns) + (padded(columns) % 8 == 0 ? 4 : 0); }

/// Groups of 4 columns that a thread has of a result.
constexpr __host__ __device__ int groups(int columns) { return ceil_div(columns, 4 * row_lanes); }

__device__ __forceinline__ int thread_row() { return threadIdx.x / row_lanes * 4; }
__device__ __forceinline__ int thread_column() { return threadIdx.x % row_lanes; }

/// Rows first ... first + ROWS - 1 to shared memory, under way until copy_wait; zeros where the matrix has ended.
template<int ROWS, int COLUMNS, int THREADS>
__device__ __forceinline__ void load_tile(float* tile, const float* __restrict__ rows, int64_t stride, int first,
                                          int end) {
    constexpr int pieces = padded(COLUMNS) / vector;
    for (int piece = threadIdx.x; piece < ROWS * pieces; piece += THREADS) {
        int row = piece / pieces, column = piece % pieces * vector;
        float* to = tile + row * pitch(COLUMNS) + column;
        const float* from = rows + (first + row) * stride + column;
        if (VECTORS && first + row < end) {
            copy16_async(to, from);
            continue;
        }
        float x[vector] = {};
        if (!VECTORS && first + row < end) {
#pragma unroll
            for (int k = 0; k < vector; k++)
                if (column + k < COLUMNS) x[k] = from[k];
        }
        store(to, x);
    }
}

/// s[i][j] += row thread_row + i of x · row thread_column + 16 j of y, over COLUMNS.
template<int COLUMNS, int TILES>
__device__ __forceinline__ void multiply_rows(float (&s)[4][TILES], const float* x, const float* y) {
    x += thread_row() * pitch(COLUMNS);
    y += thread_column() * pitch(COLUMNS);
#pragma unroll 1
    for (int depth = 0; depth < padded(COLUMNS); depth += 4) {
        float left[4][4];
#pragma unroll
        for (int i = 0; i < 4; i++) ld4(x + i * pitch(COLUMNS) + depth, left[i]);
#pragma unroll
        for (int j = 0; j < TILES; j++) {
            float right[4];
            ld4(y + j * row_lanes * pitch(COLUMNS) + depth, right);
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int k = 0; k < 4; k++) s[i][j] = fmaf(left[i][k], right[k], s[i][j]);
        }
    }
}

/// A thread's scores to its rows of a tile, of which only the 16 threads of a row see anything.
template<int TILES> __device__ __forceinline__ void store_scores(float* scores, const float (&s)[4][TILES]) {
    __syncwarp();
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < TILES; j++)
            scores[(thread_row() + i) * (TILES * 16 + 4) + thread_column() + j * row_lanes] = s[i][j];
    __syncwarp();
}

/// d[i][g] += row thread_row + i of the scores · the columns 4 (thread_column + 16 g) ... of y.
template<int COLUMNS, int TILES, int GROUPS>
__device__ __forceinline__ void multiply_down(float (&d)[4][GROUPS][4], const float* scores, const float* y) {
    scores += thread_row() * (TILES * 16 + 4);
#pragma unroll 1
    for (int row = 0; row < TILES * 16; row += 4) {
        float left[4][4];
#pragma unroll
        for (int i = 0; i < 4; i++) ld4(scores + i * (TILES * 16 + 4) + row, left[i]);
#pragma unroll
        for (int k = 0; k < 4; k++)
#pragma unroll
            for (int g = 0; g < GROUPS; g++) {
                int column = (thread_column() + g * row_lanes) * 4;
                float right[4];
                // Threads behind the last column compute what nobody stores.
                ld4(y + (row + k) * pitch(COLUMNS) + (column < padded(COLUMNS) ? column : 0), right);
#pragma unroll
                for (int i = 0; i < 4; i++)
#pragma unroll
                    for (int c = 0; c < 4; c++) d[i][g][c] = fmaf(left[i][k], right[c], d[i][g][c]);
            }
    }
}

/// A thread's results times factors, to rows first + thread_row ... of a matrix.
template<int COLUMNS, int GROUPS>
__device__ __forceinline__ void store_rows(const float (&d)[4][GROUPS][4], const float (&factor)[4],
                                           float* __restrict__ rows, int64_t stride, int first, int end) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        int row = first + thread_row() + i;
        if (row >= end) continue;
#pragma unroll
        for (int g = 0; g < GROUPS; g++) {
            int column = (thread_column() + g * row_lanes) * 4;
            float x[4] = { d[i][g][0] * factor[i], d[i][g][1] * factor[i], d[i][g][2] * factor[i],
                           d[i][g][3] * factor[i] };
            if (column >= COLUMNS) continue;
            if constexpr (VECTORS) {
                st4(rows + row * stride + column, x);
            } else {
#pragma unroll
                for (int c = 0; c < 4; c++)
                    if (column + c < COLUMNS) rows[row * stride + column + c] = x[c];
            }
        }
    }
}
