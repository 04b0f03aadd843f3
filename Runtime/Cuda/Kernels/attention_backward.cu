// Attention, backward, on tensor cores (ELEMENT bf16, f16, or float as tf32). With p = softmax(scores), of which dropout
// keeps some, times kept_scale:
//   dv = dropout(p)ᵀ d_o,   ds = p (dropout(d_o vᵀ) - delta),   dq = scale ds k,   dk = scale dsᵀ q,   d_bias = Σ ds
//   q, d_o, dq [outers, heads, queries, HEAD or VALUE], k, v, dk, dv [outers, key_heads, keys, HEAD or VALUE],
//   d_bias [bias_outers, bias_heads, queries, keys] fp32
// p is computed again from log_sums. Every result has one block, which adds in a fixed order: no atomics, 7 products
// instead of 5. Bytes: every operand once for each kernel, the walked ones again from L2.
// Source: Dao, FlashAttention-2 (2023), algorithm 2, its loop over queries and over keys apart.
#include "attention.cuh"
#include "attention_tensor.cuh"

constexpr int tile = width <= 64 ? 64 : width <= 128 ? 32 : 16;      // rows of a step
constexpr int tiles = tile / 8, stages = width <= 128 ? 2 : 1;
constexpr int own_head = tile_rows * pitch(HEAD), own_value = tile_rows * pitch(VALUE);
constexpr int step_head = tile * pitch(HEAD), step_value = tile * pitch(VALUE);

/// What a lane knows of the two query rows it has.
struct Queries {
    int row, document[2];
    float base[2], delta[2];
    const void* bias;
    Dropout dropout;

    __device__ __forceinline__ Queries(const Attention& a, int outer, int head, int first)
        : row(first + warp_index() * 16 + (lane_index() >> 2)), bias(bias_rows(a, outer, head)),
          dropout(a, outer, head) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int at = row + half * 8;
            int64_t index = (int64_t)(outer * a.heads + head) * a.queries + at;
            base[half] = at < a.queries ? backward_base(a.log_sums[index]) : infinity();
            delta[half] = at < a.queries ? a.delta[index] : 0.0f;
            document[half] = document_of(a, outer, at);
        }
    }
};

/// ds [16, tile] of a warp: its queries and their d_o as left factors, a tile of keys and values as right ones.
__device__ __forceinline__ void score_gradients(float (&s)[tiles][4], const Attention& a, const Queries& queries,
                                                const Element* q, const Element* d_o, const Element* k,
                                                const Element* v, int outer, int there, int first, int last,
                                                int first_key) {
    float scale = a.scale * log2_e;
    int column = first_key + (lane_index() & 3) * 2;
#pragma unroll
    for (int n = 0; n < tiles; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) s[n][i] = 0.0f;
    multiply_rows<tiles, HEAD>(s, q, k + right_lane(pitch(HEAD)));
    bool looks = !all_seen(a, there, first, last, first_key, first_key + tile - 1);
#pragma unroll
    for (int n = 0; n < tiles; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int row = queries.row + i / 2 * 8, key = column + n * 8 + i % 2;
            float base = queries.base[i / 2];
            if (BIAS) base -= bias_of(a, queries.bias, row, key);
            s[n][i] = exp2_fast(fmaf(s[n][i], scale, -base));
            if (looks) {
                bool same = !DOCUMENTS || queries.document[i / 2] == document_of(a, outer, key);
                if (!same || !seen(a, there, row, key)) s[n][i] = 0.0f;
            }
        }
    float dp[tiles][4] = {};
    multiply_rows<tiles, VALUE>(dp, d_o, v + right_lane(pitch(VALUE)));
#pragma unroll
    for (int n = 0; n < tiles; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
            float d = dp[n][i] * a.kept_scale;
            if (DROPOUT && !queries.dropout.keeps(a, queries.row + i / 2 * 8, column + n * 8 + i % 2)) d = 0.0f;
            s[n][i] *= d - queries.delta[i / 2];
        }
}

/// dq: a block has 64 queries of a head and walks over the keys.
extern "C" __global__ void __launch_bounds__(threads) attention_backward_queries(const Attention a) {
    extern __shared__ __align__(128) uint8_t shared[];
    Element* const tile_q = reinterpret_cast<Element*>(shared);
    Element* const tile_d_o = tile_q + own_head;
    Element* const steps = tile_d_o + own_value;                        // k, v, k, v

    int query_tiles = ceil_div(a.queries, tile_rows);
    Place place = place_of(blockIdx.x, query_tiles, a.heads);
    if (CAUSAL) place.tile = query_tiles - 1 - place.tile;              // those that see most go first
    int outer = place.outer, head = place.head, key_head = head / (a.heads / a.key_heads);
    int first = place.tile * tile_rows, last = min(first + tile_rows, a.queries) - 1, there = keys_there(a, outer);
    Range range = keys_seen(a, there, first, last), documents = documents_of<tile_rows>(a, outer, first);
    int end = ceil_div(range.end, tile), at = next_tile<tile>(a, outer, documents, range.begin / tile, end);
    const Element* k = rows_of<Element>(a.k, outer, key_head);
    const Element* v = rows_of<Element>(a.v, outer, key_head);

    auto fetch = [&](int step, int stage) {
        Element* to = steps + stage * (step_head + step_value);
        load_tile<tile, HEAD>(to, k, a.k.row, step * tile, there);
        load_tile<tile, VALUE>(to + step_head, v, a.v.row, step * tile, there);
        copy_commit();
    };
    load_tile<tile_rows, HEAD>(tile_q, rows_of<Element>(a.q, outer, head), a.q.row, first, a.queries);
    load_tile<tile_rows, VALUE>(tile_d_o, rows_of<Element>(a.d_o, outer, head), a.d_o.row, first, a.queries);
    if (at < end) fetch(at, 0);

    Queries queries(a, outer, head, first);
    int own_rows = warp_index() * 16;
    float dq[padded(HEAD) / 8][4] = {};
    for (int stage = 0; at < end; stage ^= stages - 1) {
        copy_wait<0>();
        __syncthreads();
        int next = next_tile<tile>(a, outer, documents, at + 1, end);
        if (stages == 2 && next < end) fetch(next, stage ^ 1);
        const Element* here = steps + stage * (step_head + step_value);
        float s[tiles][4];
        score_gradients(s, a, queries, tile_q + own_rows * pitch(HEAD) + left_lane(pitch(HEAD)),
                        tile_d_o + own_rows * pitch(VALUE) + left_lane(pitch(VALUE)), here, here + step_head, outer,
                        there, first, last, at * tile);
        multiply_down(dq, s, here + down_lane<Element>(pitch(HEAD)), pitch(HEAD), padded(HEAD),
                      [](float x) { return x; });
        if (stages == 1 && next < end) {
            __syncthreads();
            fetch(next, 0);
        }
        at = next;
    }
    copy_commit();              // of what was fetched where there is nothing to walk over
    copy_wait<0>();
    __syncthreads();
    store_rows(dq, a.scale, a.scale, tile_q + own_rows * pitch(HEAD), rows_of<Element>(a.dq, outer, head), a.dq.row,
               first + own_rows, a.queries, HEAD);
}

// Gradients of at most 128 columns each fit the registers; wider ones are shared out among blocks.
constexpr int chunk = 128, chunks = ceil_div(HEAD > VALUE ? padded(HEAD) : padded(VALUE), chunk);
constexpr int dk_columns = padded(HEAD) < chunk ? padded(HEAD) : chunk;
constexpr int dv_columns = padded(VALUE) < chunk ? padded(VALUE) : chunk;
constexpr int step_elements = step_head + step_value + 2 * tile * 4 / (int)sizeof(Element);

/// 4 bytes from global to shared memory, as copy16_async.
__device__ __forceinline__ void copy4_async(void* to, const void* from) {
#ifdef SIMT_EMU
    simt_cp_async4(to, from);
#else
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" :: "r"(shared_address(to)), "l"(from) : "memory");
#endif
}

/// dk and dv: a block has 64 keys and walks over the queries of all heads that share them. Scores are transposed, so
/// that probabilities and their gradients are left factors from where they are.
extern "C" __global__ void __launch_bounds__(threads) attention_backward_keys(const Attention a) {
    extern __shared__ __align__(128) uint8_t shared[];
    Element* const tile_k = reinterpret_cast<Element*>(shared);
    Element* const tile_v = tile_k + own_head;
    Element* const steps = tile_v + own_value;                          // q, d_o, log_sums, delta, twice

    Place place = place_of(blockIdx.x / chunks, ceil_div(a.keys, tile_rows), a.key_heads);
    int outer = place.outer, group = a.heads / a.key_heads, head = place.head * group, heads_end = head + group;
    int first_column = blockIdx.x % chunks * chunk;
    int first = place.tile * tile_rows, last = min(first + tile_rows, a.keys) - 1, there = keys_there(a, outer);
    Range range = queries_seeing(a, there, first, last), documents = documents_of<tile_rows>(a, outer, first);
    int end = ceil_div(range.end, tile), begin = next_tile<tile>(a, outer, documents, range.begin / tile, end);

    auto fetch = [&](int of_head, int step, int stage) {
        Element* to = steps + stage * step_elements;
        float* numbers = reinterpret_cast<float*>(to + step_head + step_value);
        load_tile<tile, HEAD>(to, rows_of<Element>(a.q, outer, of_head), a.q.row, step * tile, a.queries);
        load_tile<tile, VALUE>(to + step_head, rows_of<Element>(a.d_o, outer, of_head), a.d_o.row, step * tile,
                               a.queries);
        if (threadIdx.x < 2 * tile) {
            int row = step * tile + threadIdx.x % tile;
            const float* from = threadIdx.x < tile ? a.log_sums : a.delta;
            if (row < a.queries)
                copy4_async(numbers + threadIdx.x, from + (int64_t)(outer * a.heads + of_head) * a.queries + row);
            else numbers[threadIdx.x] = threadIdx.x < tile ? nothing_seen : 0.0f;
        }
        copy_commit();
    };
    load_tile<tile_rows, HEAD>(tile_k, rows_of<Element>(a.k, outer, place.head), a.k.row, first, there);
    load_tile<tile_rows, VALUE>(tile_v, rows_of<Element>(a.v, outer, place.head), a.v.row, first, there);
    if (begin < end) fetch(head, begin, 0);

    int own_rows = warp_index() * 16, key = first + own_rows + (lane_index() >> 2), column = (lane_index() & 3) * 2;
    int document[2] = { document_of(a, outer, key), document_of(a, outer, key + 8) };
    float scale = a.scale * log2_e;
    float dk[dk_columns / 8][4] = {}, dv[dv_columns / 8][4] = {};
    for (int at = begin, stage = 0; begin < end && head < heads_end; stage ^= stages - 1) {
        copy_wait<0>();
        __syncthreads();
        int next = next_tile<tile>(a, outer, documents, at + 1, end), next_head = head;
        if (next >= end) {
            next = begin;
            next_head++;
        }
        if (stages == 2 && next_head < heads_end) fetch(next_head, next, stage ^ 1);
        const Element* q = steps + stage * step_elements;
        const Element* d_o = q + step_head;
        const float* log_sums = reinterpret_cast<const float*>(d_o + step_value);
        const float* delta = log_sums + tile;
        const void* bias = bias_rows(a, outer, head);
        Dropout dropout(a, outer, head);

        float p[tiles][4] = {};
        multiply_rows<tiles, HEAD>(p, tile_k + own_rows * pitch(HEAD) + left_lane(pitch(HEAD)),
                                   q + right_lane(pitch(HEAD)));
        int query = at * tile + column;
        bool looks = !all_seen(a, there, at * tile, at * tile + tile - 1, first, first + tile_rows - 1);
#pragma unroll
        for (int n = 0; n < tiles; n++) {
            float base[2] = { backward_base(log_sums[n * 8 + column]), backward_base(log_sums[n * 8 + column + 1]) };
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int of_query = query + n * 8 + i % 2, of_key = key + i / 2 * 8;
                float b = base[i % 2];
                if (BIAS) b -= bias_of(a, bias, of_query, of_key);
                p[n][i] = exp2_fast(fmaf(p[n][i], scale, -b));
                if (looks) {
                    bool same = !DOCUMENTS || document[i / 2] == document_of(a, outer, of_query);
                    if (!same || !seen(a, there, of_query, of_key)) p[n][i] = 0.0f;
                }
                // What is dropped keeps its value, with the other sign.
                if (DROPOUT && !dropout.keeps(a, of_query, of_key)) p[n][i] = -p[n][i];
            }
        }
        multiply_down(dv, p, d_o + first_column + down_lane<Element>(pitch(VALUE)), pitch(VALUE),
                      padded(VALUE) - first_column, [](float x) { return DROPOUT ? fmaxf(x, 0.0f) : x; });
        float dp[tiles][4] = {};
        multiply_rows<tiles, VALUE>(dp, tile_v + own_rows * pitch(VALUE) + left_lane(pitch(VALUE)),
                                    d_o + right_lane(pitch(VALUE)));
#pragma unroll
        for (int n = 0; n < tiles; n++)
#pragma unroll
            for (int i = 0; i < 4; i++) {
                float d = DROPOUT && p[n][i] < 0.0f ? 0.0f : dp[n][i] * a.kept_scale;
                p[n][i] = fabsf(p[n][i]) * (d - delta[n * 8 + column + i % 2]);
            }
        multiply_down(dk, p, q + first_column + down_lane<Element>(pitch(HEAD)), pitch(HEAD),
                      padded(HEAD) - first_column, [](float x) { return x; });
        if (stages == 1 && next_head < heads_end) {
            __syncthreads();
            fetch(next_head, next, 0);
        }
        at = next;
        head = next_head;
    }
    copy_commit();              // of what was fetched where there is nothing to walk over
    copy_wait<0>();
    __syncthreads();
    if (a.dk.at && first_column < HEAD)
        store_rows(dk, a.scale, a.scale, tile_k + own_rows * pitch(HEAD),
                   rows_of<Element>(a.dk, outer, place.head) + first_column, a.dk.row, first + own_rows, a.keys,
                   HEAD - first_column);
    if (a.dv.at && first_column < VALUE)
        store_rows(dv, a.kept_scale, a.kept_scale, tile_v + own_rows * pitch(VALUE),
                   rows_of<Element>(a.dv, outer, place.head) + first_column, a.dv.row, first + own_rows, a.keys,
                   VALUE - first_column);
}

#if BIAS
/// d_bias: a block has 64 queries and a tile of keys, and adds over the axes along which the bias is repeated.
extern "C" __global__ void __launch_bounds__(threads) attention_backward_bias(const Attention a) {
    extern __shared__ __align__(128) uint8_t shared[];
    Element* const tile_q = reinterpret_cast<Element*>(shared);
    Element* const tile_d_o = tile_q + own_head;
    Element* const tile_k = tile_d_o + own_value;
    Element* const tile_v = tile_k + step_head;

    int key_tiles = ceil_div(a.keys, tile);
    Place place = place_of(blockIdx.x / key_tiles, ceil_div(a.queries, tile_rows), a.bias_heads);
    int first_key = blockIdx.x % key_tiles * tile;
    int first = place.tile * tile_rows, last = min(first + tile_rows, a.queries) - 1, own_rows = warp_index() * 16;
    int outers_end = a.bias_outers == 1 ? a.outers : place.outer + 1;
    int heads_end = a.bias_heads == 1 ? a.heads : place.head + 1;
    float sum[tiles][4] = {};
    for (int outer = place.outer; outer < outers_end; outer++) {
        int there = keys_there(a, outer);
        Range range = keys_seen(a, there, first, last), documents = documents_of<tile_rows>(a, outer, first);
        if (first_key >= range.end || first_key + tile <= range.begin) continue;
        int here = first_key / tile;
        if (next_tile<tile>(a, outer, documents, here, here + 1) != here) continue;
        for (int head = place.head; head < heads_end; head++) {
            int key_head = head / (a.heads / a.key_heads);
            __syncthreads();
            load_tile<tile_rows, HEAD>(tile_q, rows_of<Element>(a.q, outer, head), a.q.row, first, a.queries);
            load_tile<tile_rows, VALUE>(tile_d_o, rows_of<Element>(a.d_o, outer, head), a.d_o.row, first, a.queries);
            load_tile<tile, HEAD>(tile_k, rows_of<Element>(a.k, outer, key_head), a.k.row, first_key, there);
            load_tile<tile, VALUE>(tile_v, rows_of<Element>(a.v, outer, key_head), a.v.row, first_key, there);
            copy_commit();
            Queries queries(a, outer, head, first);
            copy_wait<0>();
            __syncthreads();
            float s[tiles][4];
            score_gradients(s, a, queries, tile_q + own_rows * pitch(HEAD) + left_lane(pitch(HEAD)),
                            tile_d_o + own_rows * pitch(VALUE) + left_lane(pitch(VALUE)), tile_k, tile_v, outer, there,
                            first, last, first_key);
#pragma unroll
            for (int n = 0; n < tiles; n++)
#pragma unroll
                for (int i = 0; i < 4; i++) sum[n][i] += s[n][i];
        }
    }
    float* d_bias = rows_of<float>(a.d_bias, place.outer, place.head);
    int row = first + own_rows + (lane_index() >> 2), column = first_key + (lane_index() & 3) * 2;
#pragma unroll
    for (int n = 0; n < tiles; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int at = row + i / 2 * 8, key = column + n * 8 + i % 2;
            if (at < a.queries && key < a.keys) d_bias[at * a.d_bias.row + key] = sum[n][i];
        }
}
#endif
