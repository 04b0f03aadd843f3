// Layer normalization of rows, with the residual stream's sum in the same pass, and its gradients:
//   sum = x + residual,   y = (sum - mean) rstd gain + bias
//   dx = rstd (g - mean(g) - n mean(g n)) [+ d_residual],   g = dy gain,   n = (sum - mean) rstd
//   d_gain = Σ rows dy n,   d_bias = Σ rows dy
//   x, residual, sum, y, dy, dx [rows, COLUMNS] ELEMENT, dense; gain, bias [COLUMNS] WEIGHT; mean, rstd [rows] fp32;
//   partial [blocks, 2, COLUMNS] fp32; d_gain, d_bias [COLUMNS] fp32
// A row belongs to a warp, or where it is long to a block, and stays in registers: every operand is read once. Variance
// is that of differences from the mean. Bytes: forward x, residual, sum, y once; backward sum, dy, d_residual, dx once.
// Source: Ba, Kiros and Hinton, Layer Normalization (2016). Deterministic: sums over rows in two stages, no atomics.
//
// Defines: ELEMENT, WEIGHT bf16, f16 or float; COLUMNS; LANES_FORWARD, LANES_BACKWARD: threads of a row, 32 or all of
// a block; RESIDUAL 0 or 1: whether there is a residual, forward; VECTORS 1 where rows are multiples of 16 bytes at
// multiples of 16 bytes, else 0.

typedef ELEMENT Element;
typedef WEIGHT Weight;

constexpr int piece = VECTORS ? 8 : 1;          // elements a thread reads at once
constexpr float share = 1.0f / COLUMNS;

struct LayerNorm {
    Element* y;
    Element* sum;                   // with a residual
    float* mean;                    // or nothing, like rstd, where no backward pass follows
    float* rstd;
    const Element* x;               // backward: what was normalized
    const Element* residual;        // backward: the gradient that dx is added to, or nothing
    const Weight* gain;
    const Weight* bias;             // or nothing
    const Element* dy;
    Element* dx;
    float* partial;
    float* d_gain;                  // or nothing
    float* d_bias;                  // or nothing
    float epsilon;
    int rows, blocks, adds;         // adds: the gradients of gain and bias are added to what is there
};

template<int LANES> constexpr int pieces_of = (COLUMNS + LANES * piece - 1) / (LANES * piece);

template<int LANES> __device__ __forceinline__ int column_of(int i) {
    return (i * LANES + (int)(threadIdx.x % LANES)) * piece;
}
/// Whether a thread has the piece: always, where the rows are as long as all pieces.
template<int LANES> __device__ __forceinline__ bool has(int column) {
    return COLUMNS % (LANES * piece) == 0 || column < COLUMNS;
}

template<int LANES> __device__ __forceinline__ float sum_of_row(float x, float* partial) {
    if constexpr (LANES == 32) return row_sum(x);
    else return block_sum<LANES>(x, partial);
}

constexpr int forward_threads = LANES_FORWARD == 32 ? 128 : LANES_FORWARD;

extern "C" __global__ void __launch_bounds__(forward_threads) layer_norm_forward(const LayerNorm a) {
    constexpr int lanes = LANES_FORWARD, pieces = pieces_of<lanes>;
    __shared__ float partial[32];
    int row = blockIdx.x * (forward_threads / lanes) + threadIdx.x / lanes;
    if (row >= a.rows) return;      // whole warps, or none
    int64_t first = (int64_t)row * COLUMNS;
    float v[pieces][piece], sum = 0.0f, squares = 0.0f;
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        int column = column_of<lanes>(i);
#pragma unroll
        for (int k = 0; k < piece; k++) v[i][k] = 0.0f;
        if (!has<lanes>(column)) continue;
        load(a.x + first + column, v[i]);
        if (RESIDUAL) {
            float r[piece];
            load(a.residual + first + column, r);
#pragma unroll
            // Rounded, as the backward pass will read it.
            for (int k = 0; k < piece; k++) v[i][k] = to_float(from_float<Element>(v[i][k] + r[k]));
            store(a.sum + first + column, v[i]);
        }
#pragma unroll
        for (int k = 0; k < piece; k++) sum += v[i][k];
    }
    float mean = sum_of_row<lanes>(sum, partial) * share;
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        if (!has<lanes>(column_of<lanes>(i))) continue;
#pragma unroll
        for (int k = 0; k < piece; k++) squares = fmaf(v[i][k] - mean, v[i][k] - mean, squares);
    }
    float rstd = rsqrtf(sum_of_row<lanes>(squares, partial) * share + a.epsilon);
    if (a.mean && threadIdx.x % lanes == 0) {
        a.mean[row] = mean;
        a.rstd[row] = rstd;
    }
#pragma unroll
    for (int i = 0; i < pieces; i++) {
        int column = column_of<lanes>(i);
        if (!has<lanes>(column)) continue;
        float gain[piece], bias[piece] = {};
        load(a.gain + column, gain);
        if (a.bias) load(a.bias + column, bias);
#pragma unroll
        for (int k = 0; k < piece; k++) v[i][k] = fmaf((v[i][k] - mean) * rstd, gain[k], bias[k]);
        store(a.y + first + column, v[i]);
    }
}

constexpr int backward_threads = LANES_BACKWARD == 32 ? 128 : LANES_BACKWARD;
constexpr int backward_blocks = backward_threads == 128 ? 2 : 1;        // of a multiprocessor

/// dx, and each block's sums over its rows, which it walks over.
extern "C" __global__ void __launch_bounds__(backward_threads, backward_blocks) layer_norm_backward(const LayerNorm a) {
    constexpr int lanes = LANES_BACKWARD, pieces = pieces_of<lanes>, rows = backward_threads / lanes;
    constexpr int sums_of_rows = rows > 1 ? rows * COLUMNS : 1;
    __shared__ float partial[32];
    __shared__ __align__(16) float sums[sums_of_rows];
    int of = threadIdx.x / lanes;
    float d_gain[pieces][piece] = {}, d_bias[pieces][piece] = {};
    for (int row = blockIdx.x * rows + of; row < a.rows; row += gridDim.x * rows) {
        int64_t first = (int64_t)row * COLUMNS;
        float mean = a.mean[row], rstd = a.rstd[row], n[pieces][piece], g[pieces][piece], sum = 0.0f, products = 0.0f;
#pragma unroll
        for (int i = 0; i < pieces; i++) {
            int column = column_of<lanes>(i);
            if (!has<lanes>(column)) continue;
            float dy[piece], gain[piece];
            load(a.x + first + column, n[i]);
            load(a.dy + first + column, dy);
            load(a.gain + column, gain);
#pragma unroll
            for (int k = 0; k < piece; k++) {
                n[i][k] = (n[i][k] - mean) * rstd;
                d_gain[i][k] = fmaf(dy[k], n[i][k], d_gain[i][k]);
                d_bias[i][k] += dy[k];
                g[i][k] = dy[k] * gain[k];
                sum += g[i][k];
                products = fmaf(g[i][k], n[i][k], products);
            }
        }
        sum = sum_of_row<lanes>(sum, partial) * share;
        products = sum_of_row<lanes>(products, partial) * share;
        if (!a.dx) continue;
#pragma unroll
        for (int i = 0; i < pieces; i++) {
            int column = column_of<lanes>(i);
            if (!has<lanes>(column)) continue;
            float d[piece] = {};
            if (a.residual) load(a.residual + first + column, d);
#pragma unroll
            for (int k = 0; k < piece; k++) d[k] += (g[i][k] - sum - n[i][k] * products) * rstd;
            store(a.dx + first + column, d);
        }
    }
    for (int which = 0; which < 2; which++) {
        float* target = a.partial + ((int64_t)blockIdx.x * 2 + which) * COLUMNS;
#pragma unroll
        for (int i = 0; i < pieces; i++) {
            int column = column_of<lanes>(i);
            if (!has<lanes>(column)) continue;
            store((rows > 1 ? sums + of * COLUMNS : target) + column, which ? d_bias[i] : d_gain[i]);
        }
        if (rows == 1) continue;
        __syncthreads();
        for (int column = threadIdx.x; column < COLUMNS; column += backward_threads) {
            float sum = 0.0f;
#pragma unroll
            for (int r = 0; r < rows; r++) sum += sums[r * COLUMNS + column];
            target[column] = sum;
        }
        __syncthreads();
    }
}

/// Sums over blocks: a block has 32 of the 2 COLUMNS columns, each warp of it every 8th of what is added.
extern "C" __global__ void __launch_bounds__(256) layer_norm_finish(const LayerNorm a) {
    __shared__ float sums[8][32];
    int column = blockIdx.x * 32 + lane_index(), warp = warp_index();
    float sum = 0.0f;
    if (column < 2 * COLUMNS) {
#pragma unroll 4
        for (int block = warp; block < a.blocks; block += 8) sum += a.partial[(int64_t)block * 2 * COLUMNS + column];
    }
    sums[warp][lane_index()] = sum;
    __syncthreads();
    if (warp != 0 || column >= 2 * COLUMNS) return;
    sum = 0.0f;
#pragma unroll
    for (int i = 0; i < 8; i++) sum += sums[i][lane_index()];
    float* target = column < COLUMNS ? a.d_gain : a.d_bias;
    if (column >= COLUMNS) column -= COLUMNS;
    if (target) target[column] = a.adds ? target[column] + sum : sum;
}
