// delta [outers, heads, queries] fp32 = Σ o d_o over each row of VALUE columns: what the gradient of softmax subtracts.
// Neighbouring lanes have 8 columns each of a row. Bytes: o and d_o once.
// Source: Dao, FlashAttention-2 (2023), algorithm 2.
#include "attention.cuh"

constexpr int row_lanes = VALUE <= 8 ? 1 : VALUE <= 16 ? 2 : VALUE <= 32 ? 4 : VALUE <= 64 ? 8 : VALUE <= 128 ? 16 : 32;

extern "C" __global__ void __launch_bounds__(128) attention_delta(const Attention a) {
    int64_t index = (int64_t)blockIdx.x * (128 / row_lanes) + threadIdx.x / row_lanes;
    int64_t rows = (int64_t)a.outers * a.heads * a.queries;
    int row = index % a.queries, head = index / a.queries % a.heads, outer = index / a.queries / a.heads;
    int column = threadIdx.x % row_lanes * 8;
    float sum = 0.0f;
    if (index < rows && column < VALUE) {
        const Element* o = rows_of<Element>(a.o, outer, head) + row * a.o.row + column;
        const Element* d_o = rows_of<Element>(a.d_o, outer, head) + row * a.d_o.row + column;
        if constexpr (VECTORS) {
            float x[8], y[8];
            ld8(o, x);
            ld8(d_o, y);
#pragma unroll
            for (int i = 0; i < 8; i++) sum = fmaf(x[i], y[i], sum);
        } else {
            for (int i = 0; i < min(8, VALUE - column); i++) sum = fmaf(to_float(o[i]), to_float(d_o[i]), sum);
        }
    }
    sum = group_sum<row_lanes>(sum);
    if (index < rows && column == 0) a.delta[index] = sum;
}
