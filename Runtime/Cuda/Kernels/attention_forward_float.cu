// Attention, forward, in fp32 by fused multiply-adds:
//   o = dropout(softmax(scale q kᵀ + bias, masked)) v,   log_sums = log Σ exp of every row
//   q [outers, heads, queries, HEAD], k [outers, key_heads, keys, HEAD], v [.., VALUE], o as q with VALUE.
// As attention_forward.cu, with tiles as attention_float.cuh lays them out. Bytes: q, k, v and o once, k and v again
// from L2 for every block of queries.
// Source: Dao, FlashAttention-2 (2023), algorithm 1. Deterministic.
#include "attention.cuh"
#include "attention_float.cuh"

constexpr int tile_rows = widest <= 128 ? 64 : 32, threads = tile_rows * 4;
constexpr int tile_keys = widest <= 64 ? 64 : widest <= 128 ? 32 : 16, tiles = tile_keys / row_lanes;
// 16 warps a multiprocessor hide what shared memory takes.
constexpr int blocks = threads >= 256 ? 2 : 1;

extern "C" __global__ void __launch_bounds__(threads, blocks) attention_forward(const Attention a) {
    extern __shared__ __align__(128) float shared[];
    float* const tile_q = shared;
    float* const tile_k = tile_q + tile_rows * pitch(HEAD);
    float* const tile_v = tile_k + tile_keys * pitch(HEAD);
    float* const scores = tile_v + tile_keys * pitch(VALUE);

    int query_tiles = ceil_div(a.queries, tile_rows);
    Place place = place_of(blockIdx.x, query_tiles, a.heads);
    if (CAUSAL) place.tile = query_tiles - 1 - place.tile;              // those that see most go first
    int outer = place.outer, head = place.head, key_head = head / (a.heads / a.key_heads);
    int first = place.tile * tile_rows, last = min(first + tile_rows, a.queries) - 1, there = keys_there(a, outer);
    Range range = keys_seen(a, there, first, last), documents = documents_of<tile_rows>(a, outer, first);
    int end = ceil_div(range.end, tile_keys);
    load_tile<tile_rows, HEAD, threads>(tile_q, rows_of<float>(a.q, outer, head), a.q.row, first, a.queries);

    int row = first + thread_row(), document[4];
#pragma unroll
    for (int i = 0; i < 4; i++) document[i] = document_of(a, outer, row + i);
    const void* bias = bias_rows(a, outer, head);
    Dropout dropout(a, outer, head);
    float scale = a.scale * log2_e, factor = BIAS ? 1.0f : scale;
    float o[4][groups(VALUE)][4] = {}, sum[4] = {}, most[4];
#pragma unroll
    for (int i = 0; i < 4; i++) most[i] = -infinity();

    for (int at = range.begin / tile_keys; (at = next_tile<tile_keys>(a, outer, documents, at, end)) < end; at++) {
        int first_key = at * tile_keys;
        __syncthreads();
        load_tile<tile_keys, HEAD, threads>(tile_k, rows_of<float>(a.k, outer, key_head), a.k.row, first_key, there);
        load_tile<tile_keys, VALUE, threads>(tile_v, rows_of<float>(a.v, outer, key_head), a.v.row, first_key, there);
        copy_commit();
        copy_wait<0>();
        __syncthreads();
        float s[4][tiles] = {};
        multiply_rows<HEAD>(s, tile_q, tile_k);
        bool looks = !all_seen(a, there, first, last, first_key, first_key + tile_keys - 1);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            float before = most[i], now = before;
#pragma unroll
            for (int j = 0; j < tiles; j++) {
                int key = first_key + thread_column() + j * row_lanes;
                if (BIAS) s[i][j] = fmaf(s[i][j], scale, bias_of(a, bias, row + i, key));
                if (looks) {
                    bool same = !DOCUMENTS || document[i] == document_of(a, outer, key);
                    if (!same || !seen(a, there, row + i, key)) s[i][j] = -infinity();
                }
                now = fmaxf(now, s[i][j]);
            }
            most[i] = now = group_max<row_lanes>(now);
            // -∞ less -∞ would be NaN where a row has seen nothing so far.
            float base = now == -infinity() ? 0.0f : now * factor, shrink = exp2_fast(before * factor - base);
            sum[i] *= shrink;
#pragma unroll
            for (int g = 0; g < groups(VALUE); g++)
#pragma unroll
                for (int c = 0; c < 4; c++) o[i][g][c] *= shrink;
#pragma unroll
            for (int j = 0; j < tiles; j++) {
                s[i][j] = exp2_fast(fmaf(s[i][j], factor, -base));
                sum[i] += s[i][j];
                if (DROPOUT && !dropout.keeps(a, row + i, first_key + thread_column() + j * row_lanes)) s[i][j] = 0.0f;
            }
        }
        store_scores(scores, s);
        multiply_down<VALUE, tiles>(o, scores, tile_v);
    }

    float part[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        sum[i] = group_sum<row_lanes>(sum[i]);
        bool any = sum[i] > 0.0f;
        part[i] = any ? a.kept_scale / sum[i] : 0.0f;
        if (a.log_sums && thread_column() == 0 && row + i < a.queries)
            a.log_sums[(int64_t)(outer * a.heads + head) * a.queries + row + i] =
                any ? (most[i] * factor + log2f(sum[i])) * ln_2 : nothing_seen;
    }
    store_rows<VALUE>(o, part, rows_of<float>(a.o, outer, head), a.o.row, first, a.queries);
    copy_commit();
    copy_wait<0>();
}
