// Products of batches of matrices whose elements lie anywhere:
//
//   C [outer, inner, m, n] = alpha · A [outer, inner, m, k] · B [outer, inner, k, n] + beta · D [outer, inner, m, n]
//
// for any strides, where cuBLASLt has none. A is LEFT, B RIGHT, C and D RESULT: fp32, bf16 or f16. Two operands of the
// same 16 bits are multiplied by the matrix units, others in fp32. Blocks of 64 x 128; sums are fp32, in the order of k.
// Bytes: A once for each 128 columns, B once for each 64 rows. Lanes lie along the axis of each operand that has the
// smaller stride, so that neighbours in memory are read together.

#include "tiles.cuh"

#ifndef LEFT
#define LEFT float
#endif
#ifndef RIGHT
#define RIGHT float
#endif
#ifndef RESULT
#define RESULT float
#endif

template<class A, class B> struct Common { typedef float type; };
template<> struct Common<bf16, bf16> { typedef bf16 type; };
template<> struct Common<f16, f16> { typedef f16 type; };

typedef Common<LEFT, RIGHT>::type multiplied;

__device__ __forceinline__ float as_multiplied(float x, float) { return x; }
template<class T> __device__ __forceinline__ float as_multiplied(T x, float) { return to_float(x); }
template<class T> __device__ __forceinline__ T as_multiplied(T x, T) { return x; }

/// Strides in elements: of the batch axes, of rows, of columns.
struct MatrixStrides { int64_t outer, inner, row, column; };

/// ProductNumbers of CudaProduct.cs.
struct ProductNumbers {
    MatrixStrides a, b, c, d;
    int64_t m, n;
    int k, inner, tiles_m, tiles_n;
    float alpha, beta;
};

/// COUNT elements of a thread in a strip of LENGTH rows of A, or columns of B, by depth.
template<class Stored, int LENGTH> struct Strip {
    static constexpr int depth = Tile<multiplied>::depth, count = LENGTH * depth / tile_threads;
    static constexpr int side = tile_threads / depth, deep = tile_threads / LENGTH;

    const Stored* from;
    int64_t step, next;             // elements from one to the next, and to the next step of depth
    int line, k, line_step, k_step; // of the first element in the strip, and to the next
    int lines;                      // that there are
    int rest;                       // of the depth
    multiplied values[count];

    __device__ __forceinline__ Strip(const Stored* first, int64_t line_stride, int64_t k_stride, int64_t lines,
                                     int depth_of_all) {
        auto size = [](int64_t x) { return x < 0 ? -x : x; };
        bool is_deep = size(k_stride) <= size(line_stride);      // lanes along the depth
        line = is_deep ? threadIdx.x / depth : threadIdx.x % LENGTH;
        k = is_deep ? threadIdx.x % depth : threadIdx.x / LENGTH;
        line_step = is_deep ? side : 0;
        k_step = is_deep ? 0 : deep;
        from = first + line * line_stride + k * k_stride;
        step = line_step * line_stride + k_step * k_stride;
        next = depth * k_stride;
        this->lines = lines < LENGTH ? (int)lines : LENGTH;
        rest = depth_of_all;
    }

    __device__ __forceinline__ void fetch() {
        // One address that moves: one for each element would not fit the registers.
        const Stored* at = from;
#pragma unroll
        for (int i = 0; i < count; i++, at += step) {
            bool is_inside = line + i * line_step < lines && k + i * k_step < rest;
            values[i] = is_inside ? as_multiplied(*at, multiplied{}) : multiplied{};
        }
        from += next;
        rest -= depth;
    }
};

struct StridedLoader {
    Strip<LEFT, tile_rows> rows;
    Strip<RIGHT, tile_columns> columns;

    __device__ __forceinline__ void fetch() {
        rows.fetch();
        columns.fetch();
    }

    __device__ __forceinline__ void put(Tile<multiplied>& tile, int buffer) const {
#pragma unroll
        for (int i = 0; i < rows.count; i++)
            tile.put_a(buffer, rows.line + i * rows.line_step, rows.k + i * rows.k_step, rows.values[i]);
#pragma unroll
        for (int i = 0; i < columns.count; i++)
            tile.put_b(buffer, columns.k + i * columns.k_step, columns.line + i * columns.line_step,
                       columns.values[i]);
    }
};

/// d may be c: its elements are read before theirs are written, each by its own thread.
extern "C" __global__ void __launch_bounds__(128) strided_product(RESULT* c, const LEFT* __restrict__ a,
                                                                  const RIGHT* __restrict__ b, const RESULT* d,
                                                                  const ProductNumbers p) {
    __shared__ __align__(128) Tile<multiplied> tile;
    int column_tile = blockIdx.x % p.tiles_n, rest = blockIdx.x / p.tiles_n;
    int row_tile = rest % p.tiles_m, batch = rest / p.tiles_m;
    int64_t outer = batch / p.inner, inner = batch % p.inner;
    int64_t first_row = (int64_t)row_tile * tile_rows, first_column = (int64_t)column_tile * tile_columns;
    StridedLoader loader = {
        { a + outer * p.a.outer + inner * p.a.inner + first_row * p.a.row, p.a.row, p.a.column, p.m - first_row, p.k },
        { b + outer * p.b.outer + inner * p.b.inner + first_column * p.b.column, p.b.column, p.b.row,
          p.n - first_column, p.k },
    };
    float sums[tile_sums] = {};
    multiply_steps(tile, loader, (p.k + Tile<multiplied>::depth - 1) / Tile<multiplied>::depth, sums);
    c += outer * p.c.outer + inner * p.c.inner + first_row * p.c.row + first_column * p.c.column;
    d += outer * p.d.outer + inner * p.d.inner + first_row * p.d.row + first_column * p.d.column;
    Tile<multiplied>::each(sums, [&](int row, int column, float sum) {
        if (row >= p.m - first_row || column >= p.n - first_column) return;
        sum *= p.alpha;
        if (p.beta != 0.0f) sum = fmaf(to_float(d[row * p.d.row + column * p.d.column]), p.beta, sum);
        c[row * p.c.row + column * p.c.column] = from_float<RESULT>(sum);
    });
}
