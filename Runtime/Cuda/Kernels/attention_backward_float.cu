// Attention, backward, in fp32 by fused multiply-adds. With p = softmax(scores), of which dropout keeps some, times
// kept_scale:
//   dv = dropout(p)ᵀ d_o,   ds = p (dropout(d_o vᵀ) - delta),   dq = scale ds k,   dk = scale dsᵀ q,   d_bias = Σ ds
//   q, d_o, dq [outers, heads, queries, HEAD or VALUE], k, v, dk, dv [outers, key_heads, keys, HEAD or VALUE],
//   d_bias [bias_outers, bias_heads, queries, keys] fp32
// As attention_backward.cu, with tiles as attention_float.cuh lays them out. Bytes: every operand once for each kernel,
// the walked ones again from L2.
// Source: Dao, FlashAttention-2 (2023), algorithm 2, its loop over queries and over keys apart.
#include "attention.cuh"
#include "attention_float.cuh"

constexpr int tile = widest <= 64 ? 64 : widest <= 128 ? 32 : 16;      // rows of a block, and rows of a step
constexpr int threads = tile * 4, tiles = tile / row_lanes;
// 16 warps a multiprocessor hide what shared memory takes, where registers suffice for it.
constexpr int blocks = threads >= 256 && !(BIAS || DROPOUT || DOCUMENTS || WINDOW) ? 2 : 1;
constexpr int head_elements = tile * pitch(HEAD), value_elements = tile * pitch(VALUE);

/// What a thread knows of its four query rows.
struct Queries {
    int row, document[4];
    float base[4], delta[4];
    const void* bias;
    Dropout dropout;

    __device__ __forceinline__ Queries(const Attention& a, int outer, int head, int first)
        : row(first + thread_row()), bias(bias_rows(a, outer, head)), dropout(a, outer, head) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int64_t index = (int64_t)(outer * a.heads + head) * a.queries + row + i;
            base[i] = row + i < a.queries ? backward_base(a.log_sums[index]) : infinity();
            delta[i] = row + i < a.queries ? a.delta[index] : 0.0f;
            document[i] = document_of(a, outer, row + i);
        }
    }
};

/// ds of a thread: queries and d_o by rows, keys and values by columns.
__device__ __forceinline__ void score_gradients(float (&s)[4][tiles], const Attention& a, const Queries& queries,
                                                const float* q, const float* d_o, const float* k, const float* v,
                                                int outer, int there, int first, int last, int first_key) {
    float scale = a.scale * log2_e, dp[4][tiles] = {};
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < tiles; j++) s[i][j] = 0.0f;
    multiply_rows<HEAD>(s, q, k);
    multiply_rows<VALUE>(dp, d_o, v);
    bool looks = !all_seen(a, there, first, last, first_key, first_key + tile - 1);
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < tiles; j++) {
            int row = queries.row + i, key = first_key + thread_column() + j * row_lanes;
            float base = queries.base[i], d = dp[i][j] * a.kept_scale;
            if (BIAS) base -= bias_of(a, queries.bias, row, key);
            float p = exp2_fast(fmaf(s[i][j], scale, -base));
            if (looks) {
                bool same = !DOCUMENTS || queries.document[i] == document_of(a, outer, key);
                if (!same || !seen(a, there, row, key)) p = 0.0f;
            }
            if (DROPOUT && !queries.dropout.keeps(a, row, key)) d = 0.0f;
            s[i][j] = p * (d - queries.delta[i]);
        }
}

/// dq: a block has queries of a head and walks over the keys.
extern "C" __global__ void __launch_bounds__(threads, blocks) attention_backward_queries(const Attention a) {
    extern __shared__ __align__(128) float shared[];
    float* const tile_q = shared;
    float* const tile_d_o = tile_q + head_elements;
    float* const tile_k = tile_d_o + value_elements;
    float* const tile_v = tile_k + head_elements;
    float* const scores = tile_v + value_elements;

    int query_tiles = ceil_div(a.queries, tile);
    Place place = place_of(blockIdx.x, query_tiles, a.heads);
    if (CAUSAL) place.tile = query_tiles - 1 - place.tile;              // those that see most go first
    int outer = place.outer, head = place.head, key_head = head / (a.heads / a.key_heads);
    int first = place.tile * tile, last = min(first + tile, a.queries) - 1, there = keys_there(a, outer);
    Range range = keys_seen(a, there, first, last), documents = documents_of<tile>(a, outer, first);
    int end = ceil_div(range.end, tile);
    load_tile<tile, HEAD, threads>(tile_q, rows_of<float>(a.q, outer, head), a.q.row, first, a.queries);
    load_tile<tile, VALUE, threads>(tile_d_o, rows_of<float>(a.d_o, outer, head), a.d_o.row, first, a.queries);
    Queries queries(a, outer, head, first);
    float dq[4][groups(HEAD)][4] = {};
    for (int at = range.begin / tile; (at = next_tile<tile>(a, outer, documents, at, end)) < end; at++) {
        __syncthreads();
        load_tile<tile, HEAD, threads>(tile_k, rows_of<float>(a.k, outer, key_head), a.k.row, at * tile, there);
        load_tile<tile, VALUE, threads>(tile_v, rows_of<float>(a.v, outer, key_head), a.v.row, at * tile, there);
        copy_commit();
        copy_wait<0>();
        __syncthreads();
        float s[4][tiles];
        score_gradients(s, a, queries, tile_q, tile_d_o, tile_k, tile_v, outer, there, first, last, at * tile);
        store_scores(scores, s);
        multiply_down<HEAD, tiles>(dq, scores, tile_k);
    }
    float factor[4] = { a.scale, a.scale, a.scale, a.scale };
    store_rows<HEAD>(dq, factor, rows_of<float>(a.dq, outer, head), a.dq.row, first, a.queries);
    copy_commit();
    copy_wait<0>();
}

/// dk and dv: a block has keys and walks over the queries of all heads that share them, scores transposed.
extern "C" __global__ void __launch_bounds__(threads, blocks) attention_backward_keys(const Attention a) {
    extern __shared__ __align__(128) float shared[];
    float* const tile_k = shared;
    float* const tile_v = tile_k + head_elements;
    float* const tile_q = tile_v + value_elements;
    float* const tile_d_o = tile_q + head_elements;
    float* const scores = tile_d_o + value_elements;

    Place place = place_of(blockIdx.x, ceil_div(a.keys, tile), a.key_heads);
    int outer = place.outer, group = a.heads / a.key_heads;
    int first = place.tile * tile, last = min(first + tile, a.keys) - 1, there = keys_there(a, outer);
    Range range = queries_seeing(a, there, first, last), documents = documents_of<tile>(a, outer, first);
    int end = ceil_div(range.end, tile);
    load_tile<tile, HEAD, threads>(tile_k, rows_of<float>(a.k, outer, place.head), a.k.row, first, there);
    load_tile<tile, VALUE, threads>(tile_v, rows_of<float>(a.v, outer, place.head), a.v.row, first, there);
    int key = first + thread_row(), document[4];
#pragma unroll
    for (int i = 0; i < 4; i++) document[i] = document_of(a, outer, key + i);
    float scale = a.scale * log2_e;
    float dk[4][groups(HEAD)][4] = {}, dv[4][groups(VALUE)][4] = {};
    for (int head = place.head * group; head < (place.head + 1) * group; head++) {
        const void* bias = bias_rows(a, outer, head);
        Dropout dropout(a, outer, head);
        const float* log_sums = a.log_sums + (int64_t)(outer * a.heads + head) * a.queries;
        const float* delta = a.delta + (int64_t)(outer * a.heads + head) * a.queries;
        for (int at = range.begin / tile; (at = next_tile<tile>(a, outer, documents, at, end)) < end; at++) {
            __syncthreads();
            load_tile<tile, HEAD, threads>(tile_q, rows_of<float>(a.q, outer, head), a.q.row, at * tile, a.queries);
            load_tile<tile, VALUE, threads>(tile_d_o, rows_of<float>(a.d_o, outer, head), a.d_o.row, at * tile,
                                            a.queries);
            copy_commit();
            copy_wait<0>();
            __syncthreads();
            float p[4][tiles] = {}, dp[4][tiles] = {};
            multiply_rows<HEAD>(p, tile_k, tile_q);
            multiply_rows<VALUE>(dp, tile_v, tile_d_o);
            bool looks = !all_seen(a, there, at * tile, at * tile + tile - 1, first, first + tile - 1);
#pragma unroll
            for (int j = 0; j < tiles; j++) {
                int query = at * tile + thread_column() + j * row_lanes;
                float base = query < a.queries ? backward_base(log_sums[query]) : infinity();
                float rows_delta = query < a.queries ? delta[query] : 0.0f;
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    float b = base, d = dp[i][j] * a.kept_scale;
                    if (BIAS) b -= bias_of(a, bias, query, key + i);
                    float x = exp2_fast(fmaf(p[i][j], scale, -b));
                    if (looks) {
                        bool same = !DOCUMENTS || document[i] == document_of(a, outer, query);
                        if (!same || !seen(a, there, query, key + i)) x = 0.0f;
                    }
                    bool keeps = !DROPOUT || dropout.keeps(a, query, key + i);
                    p[i][j] = keeps ? x : 0.0f;
                    dp[i][j] = x * ((keeps ? d : 0.0f) - rows_delta);
                }
            }
            store_scores(scores, p);
            multiply_down<VALUE, tiles>(dv, scores, tile_d_o);
            store_scores(scores, dp);
            multiply_down<HEAD, tiles>(dk, scores, tile_q);
        }
    }
    float factor[4] = { a.scale, a.scale, a.scale, a.scale };
    float kept[4] = { a.kept_scale, a.kept_scale, a.kept_scale, a.kept_scale };
    if (a.dk.at) store_rows<HEAD>(dk, factor, rows_of<float>(a.dk, outer, place.head), a.dk.row, first, a.keys);
    if (a.dv.at) store_rows<VALUE>(dv, kept, rows_of<float>(a.dv, outer, place.head), a.dv.row, first, a.keys);
    copy_commit();
    copy_wait<0>();
}

#if BIAS
/// d_bias: a block has a tile of queries and one of keys, and adds over the axes along which the bias is repeated.
extern "C" __global__ void __launch_bounds__(threads, blocks) attention_backward_bias(const Attention a) {
    extern __shared__ __align__(128) float shared[];
    float* const tile_q = shared;
    float* const tile_d_o = tile_q + head_elements;
    float* const tile_k = tile_d_o + value_elements;
    float* const tile_v = tile_k + head_elements;

    int key_tiles = ceil_div(a.keys, tile);
    Place place = place_of(blockIdx.x / key_tiles, ceil_div(a.queries, tile), a.bias_heads);
    int here = blockIdx.x % key_tiles, first_key = here * tile;
    int first = place.tile * tile, last = min(first + tile, a.queries) - 1;
    int outers_end = a.bias_outers == 1 ? a.outers : place.outer + 1;
    int heads_end = a.bias_heads == 1 ? a.heads : place.head + 1;
    float sum[4][tiles] = {};
    for (int outer = place.outer; outer < outers_end; outer++) {
        int there = keys_there(a, outer);
        Range range = keys_seen(a, there, first, last), documents = documents_of<tile>(a, outer, first);
        if (first_key >= range.end || first_key + tile <= range.begin) continue;
        if (next_tile<tile>(a, outer, documents, here, here + 1) != here) continue;
        for (int head = place.head; head < heads_end; head++) {
            int key_head = head / (a.heads / a.key_heads);
            __syncthreads();
            load_tile<tile, HEAD, threads>(tile_q, rows_of<float>(a.q, outer, head), a.q.row, first, a.queries);
            load_tile<tile, VALUE, threads>(tile_d_o, rows_of<float>(a.d_o, outer, head), a.d_o.row, first, a.queries);
            load_tile<tile, HEAD, threads>(tile_k, rows_of<float>(a.k, outer, key_head), a.k.row, first_key, there);
            load_tile<tile, VALUE, threads>(tile_v, rows_of<float>(a.v, outer, key_head), a.v.row, first_key, there);
            copy_commit();
            Queries queries(a, outer, head, first);
            copy_wait<0>();
            __syncthreads();
            float s[4][tiles];
            score_gradients(s, a, queries, tile_q, tile_d_o, tile_k, tile_v, outer, there, first, last, first_key);
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < tiles; j++) sum[i][j] += s[i][j];
        }
    }
    float* d_bias = rows_of<float>(a.d_bias, place.outer, place.head);
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < tiles; j++) {
            int row = first + thread_row() + i, key = first_key + thread_column() + j * row_lanes;
            if (row < a.queries && key < a.keys) d_bias[row * a.d_bias.row + key] = sum[i][j];
        }
}
#endif
