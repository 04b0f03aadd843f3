// Attention, forward, on tensor cores (ELEMENT bf16, f16, or float as tf32):
//   o = dropout(softmax(scale q kᵀ + bias, masked)) v,   log_sums = log Σ exp of every row
//   q [outers, heads, queries, HEAD], k [outers, key_heads, keys, HEAD], v [.., VALUE], o as q with VALUE.
// A block has 64 queries of a head and walks over the keys, the next tile under way while this one is used; scores and
// probabilities stay in registers. Bytes: q, k, v and o once, k and v again from L2 for every 64 queries.
// Source: Dao, FlashAttention-2 (2023), algorithm 1. Deterministic.
#include "attention.cuh"
#include "attention_tensor.cuh"

constexpr int tile_keys = width <= 128 ? 64 : width <= 256 ? 32 : 16;
constexpr int tiles = tile_keys / 8, out_tiles = padded(VALUE) / 8;
// Wide rows of q would take the registers of o, or those of the bias.
constexpr bool keeps_queries = width <= (BIAS ? 64 : 128);
constexpr int k_elements = tile_keys * pitch(HEAD), v_elements = tile_keys * pitch(VALUE);

extern "C" __global__ void __launch_bounds__(threads) attention_forward(const Attention a) {
    extern __shared__ __align__(128) uint8_t shared[];
    Element* const stages = reinterpret_cast<Element*>(shared);                 // k, v, k, v
    // Queries that go to registers pass through the second stage, which is not used before.
    Element* const tile_q = stages + (keeps_queries ? k_elements + v_elements : 2 * (k_elements + v_elements));

    int query_tiles = ceil_div(a.queries, tile_rows);
    Place place = place_of(blockIdx.x, query_tiles, a.heads);
    // Later queries see more keys: they go first, so that no long block is left at the end.
    if (CAUSAL) place.tile = query_tiles - 1 - place.tile;
    int outer = place.outer, head = place.head, key_head = head / (a.heads / a.key_heads);
    int first = place.tile * tile_rows, last = min(first + tile_rows, a.queries) - 1;
    int there = keys_there(a, outer);
    Range range = keys_seen(a, there, first, last), documents = documents_of<tile_rows>(a, outer, first);
    int end = ceil_div(range.end, tile_keys), at = next_tile<tile_keys>(a, outer, documents, range.begin / tile_keys, end);
    const Element* k = rows_of<Element>(a.k, outer, key_head);
    const Element* v = rows_of<Element>(a.v, outer, key_head);

    auto fetch = [&](int tile, int stage) {
        Element* to = stages + stage * (k_elements + v_elements);
        load_tile<tile_keys, HEAD>(to, k, a.k.row, tile * tile_keys, there);
        load_tile<tile_keys, VALUE>(to + k_elements, v, a.v.row, tile * tile_keys, there);
    };
    load_tile<tile_rows, HEAD>(tile_q, rows_of<Element>(a.q, outer, head), a.q.row, first, a.queries);
    copy_commit();
    if (at < end) fetch(at, 0);
    copy_commit();

    const Element* own_q = tile_q + warp_index() * 16 * pitch(HEAD) + left_lane(pitch(HEAD));
    uint32_t query[padded(HEAD) / depth_step][4];
    if (keeps_queries) {
        copy_wait<1>();
        __syncthreads();
#pragma unroll
        for (int i = 0; i < padded(HEAD) / depth_step; i++) load_left(query[i], own_q + i * depth_step);
    }

    int row = first + warp_index() * 16 + (lane_index() >> 2), column = (lane_index() & 3) * 2;
    int document[2] = { document_of(a, outer, row), document_of(a, outer, row + 8) };
    const void* bias = bias_rows(a, outer, head);
    Dropout dropout(a, outer, head);
    // exp(scale x) = 2^(factor x); with a bias the scores are in units of log 2 already.
    float scale = a.scale * log2_e, factor = BIAS ? 1.0f : scale;
    float o[out_tiles][4] = {}, most[2] = { -infinity(), -infinity() }, sum[2] = {};

    for (int stage = 0; at < end; stage ^= 1) {
        // This tile is there, and nobody reads the one before any more.
        copy_wait<0>();
        __syncthreads();
        int next = next_tile<tile_keys>(a, outer, documents, at + 1, end);
        if (next < end) fetch(next, stage ^ 1);
        copy_commit();
        const Element* tile = stages + stage * (k_elements + v_elements);

        float s[tiles][4] = {};
        if (keeps_queries) multiply_rows<tiles, HEAD>(s, query, tile + right_lane(pitch(HEAD)));
        else multiply_rows<tiles, HEAD>(s, own_q, tile + right_lane(pitch(HEAD)));

        int first_key = at * tile_keys;
        if (BIAS) {
#pragma unroll
            for (int n = 0; n < tiles; n++)
#pragma unroll
                for (int i = 0; i < 4; i++)
                    s[n][i] = fmaf(s[n][i], scale,
                                   bias_of(a, bias, row + i / 2 * 8, first_key + n * 8 + column + i % 2));
        }
        if (!all_seen(a, there, first, last, first_key, first_key + tile_keys - 1)) {
#pragma unroll
            for (int n = 0; n < tiles; n++)
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    int key = first_key + n * 8 + column + i % 2;
                    bool same = !DOCUMENTS || document[i / 2] == document_of(a, outer, key);
                    if (!same || !seen(a, there, row + i / 2 * 8, key)) s[n][i] = -infinity();
                }
        }

#pragma unroll
        for (int half = 0; half < 2; half++) {
            float before = most[half], now = before;
#pragma unroll
            for (int n = 0; n < tiles; n++) now = fmaxf(now, fmaxf(s[n][half * 2], s[n][half * 2 + 1]));
            most[half] = now = group_max<4>(now);
            // -∞ less -∞ would be NaN where a row has seen nothing so far.
            float base = now == -infinity() ? 0.0f : now * factor, shrink = exp2_fast(before * factor - base);
            sum[half] *= shrink;
#pragma unroll
            for (int n = 0; n < out_tiles; n++) {
                o[n][half * 2] *= shrink;
                o[n][half * 2 + 1] *= shrink;
            }
#pragma unroll
            for (int n = 0; n < tiles; n++)
#pragma unroll
                for (int i = half * 2; i < half * 2 + 2; i++) {
                    s[n][i] = exp2_fast(fmaf(s[n][i], factor, -base));
                    sum[half] += s[n][i];
                    if (DROPOUT && !dropout.keeps(a, row + half * 8, first_key + n * 8 + column + i % 2)) s[n][i] = 0.0f;
                }
        }
        multiply_down(o, s, tile + k_elements + down_lane<Element>(pitch(VALUE)), pitch(VALUE), padded(VALUE),
                      [](float x) { return x; });
        at = next;
    }
    copy_wait<0>();
    __syncthreads();            // all of shared memory is free for the results

    float part[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        sum[half] = group_sum<4>(sum[half]);
        bool any = sum[half] > 0.0f;
        part[half] = any ? a.kept_scale / sum[half] : 0.0f;
        if (a.log_sums && column == 0 && row + half * 8 < a.queries)
            a.log_sums[(int64_t)(outer * a.heads + head) * a.queries + row + half * 8] =
                any ? (most[half] * factor + log2f(sum[half])) * ln_2 : nothing_seen;
    }
    store_rows(o, part[0], part[1], stages + warp_index() * 16 * pitch(VALUE), rows_of<Element>(a.o, outer, head),
               a.o.row, first + warp_index() * 16, a.queries, VALUE);
}
