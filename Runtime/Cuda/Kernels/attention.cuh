// What all attention kernels share: the arguments, which query sees which key, bias and dropout of one score.
//
// Defines: ELEMENT bf16, f16 or float; HEAD, VALUE: sizes of a head's rows, 1 to 256; CAUSAL, WINDOW, LENGTHS,
// DOCUMENTS, DROPOUT 0 or 1; BIAS 0 none, 1 fp32, 2 ELEMENT; VECTORS 1 where all rows are multiples of 16 bytes at
// multiples of 16 bytes, else 0.

typedef ELEMENT Element;

constexpr float log2_e = 1.44269504f, ln_2 = 0.693147181f;

/// The log-sum-exp of a row that sees nothing.
constexpr float nothing_seen = -3.40282347e38f;

/// [outer, head, row, ...] by strides in elements; the last axis has the stride 1. No address: not there.
struct Operand {
    uint8_t* at;
    int64_t outer, head, row;
};

struct Attention {
    Operand q, k, v, o, d_o, dq, dk, dv, bias, d_bias;
    float* log_sums;                // [outers, heads, queries]
    float* delta;                   // [outers, heads, queries]: sum of o d_o over a row
    const int* lengths;             // [outers]
    const int* documents;           // [outers, queries]
    const uint32_t* random_keys;    // [2]
    float scale, kept_scale;        // of scores; of what dropout keeps, 1 / (1 - rate)
    uint32_t threshold, draw;       // random bits below it are dropped
    int outers, heads, key_heads, queries, keys, window;
    int bias_outers, bias_heads;    // 1 where the gradient of the bias is a sum over that axis
};

template<class T> __device__ __forceinline__ T* rows_of(const Operand& x, int outer, int head) {
    return reinterpret_cast<T*>(x.at) + outer * x.outer + head * x.head;
}

constexpr __host__ __device__ int ceil_div(int a, int b) { return (a + b - 1) / b; }

/// What a block is for, of [outers, heads, tiles]: neighbours share keys and values.
struct Place {
    int tile, head, outer;
};
__device__ __forceinline__ Place place_of(int block, int tiles, int heads) {
    return { block % tiles, block / tiles % heads, block / tiles / heads };
}

// ------------------------------------------------------------------------------------------------------ masks

struct Range {
    int begin, end;
};

__device__ __forceinline__ int keys_there(const Attention& a, int outer) {
    return LENGTHS ? max(0, min(a.keys, a.lengths[outer])) : a.keys;
}

/// Keys that some query of first ... last may see, documents apart.
__device__ __forceinline__ Range keys_seen(const Attention& a, int there, int first, int last) {
    Range r = { 0, there };
    if (CAUSAL) r.end = min(r.end, last + 1);
    if (WINDOW) r = { max(0, first - a.window + 1), min(r.end, last + a.window) };
    return r;
}

/// Queries that may see some key of first ... last, documents apart.
__device__ __forceinline__ Range queries_seeing(const Attention& a, int there, int first, int last) {
    Range r = { 0, first < there ? a.queries : 0 };
    if (CAUSAL) r.begin = first;
    if (WINDOW) r = { max(r.begin, first - a.window + 1), min(r.end, min(last, there - 1) + a.window) };
    return r;
}

/// Whether every query of a tile sees every key of another, so that no score needs to be looked at.
__device__ __forceinline__ bool all_seen(const Attention& a, int there, int first_query, int last_query, int first_key,
                                         int last_key) {
    if (DOCUMENTS || last_key >= there || (CAUSAL && last_key > first_query)) return false;
    return !WINDOW || (last_query - first_key < a.window && last_key - first_query < a.window);
}

__device__ __forceinline__ bool seen(const Attention& a, int there, int query, int key) {
    if (key >= there || (CAUSAL && key > query)) return false;
    return !WINDOW || (query - key < a.window && key - query < a.window);
}

__device__ __forceinline__ int document_of(const Attention& a, int outer, int row) {
    return DOCUMENTS ? a.documents[(int64_t)outer * a.queries + min(row, a.queries - 1)] : 0;
}

/// Smallest and largest document of rows first ... first + COUNT - 1, the same in every warp. Tiles whose ranges do not
/// meet do not see each other; where documents stand one after another that is every such tile.
template<int COUNT> __device__ __forceinline__ Range documents_of(const Attention& a, int outer, int first) {
    if (!DOCUMENTS) return { 0, 0 };
    int least = 0x7fffffff, most = -0x7fffffff - 1;
#pragma unroll
    for (int i = 0; i < COUNT; i += 32) {
        int document = document_of(a, outer, first + min(i + lane_index(), COUNT - 1));
        least = min(least, document);
        most = max(most, document);
    }
    return { __reduce_min_sync(all_lanes, least), __reduce_max_sync(all_lanes, most) };
}

/// The first tile of COUNT rows, from a tile on, that has a document of the range, or the end.
template<int COUNT>
__device__ __forceinline__ int next_tile(const Attention& a, int outer, Range documents, int tile, int end) {
    if (DOCUMENTS) {
        for (; tile < end; tile++) {
            Range other = documents_of<COUNT>(a, outer, tile * COUNT);
            if (other.begin <= documents.end && documents.begin <= other.end) break;
        }
    }
    return tile;
}

// ------------------------------------------------------------------------------------------- bias and dropout

/// The bias of a score, in units of log 2. Neighbours of the end are asked for too, and have none.
__device__ __forceinline__ float bias_of(const Attention& a, const void* rows, int query, int key) {
    if (query >= a.queries || key >= a.keys) return 0.0f;
    int64_t at = query * a.bias.row + key;
    float b = BIAS == 1 ? static_cast<const float*>(rows)[at] : to_float(static_cast<const Element*>(rows)[at]);
    return b * log2_e;
}

__device__ __forceinline__ const void* bias_rows(const Attention& a, int outer, int head) {
    if (BIAS == 0) return nullptr;
    return BIAS == 1 ? (const void*)rows_of<float>(a.bias, outer, head) : rows_of<Element>(a.bias, outer, head);
}

/// Which scores dropout keeps, by their place in [outers, heads, queries, keys].
struct Dropout {
    uint32_t key0, key1, first;

    __device__ __forceinline__ Dropout(const Attention& a, int outer, int head) : key0(0), key1(0), first(0) {
        if (!DROPOUT) return;
        key0 = a.random_keys[0];
        key1 = a.random_keys[1];
        first = (uint32_t)(outer * a.heads + head) * (uint32_t)a.queries;
    }

    __device__ __forceinline__ bool keeps(const Attention& a, int query, int key) const {
        uint32_t index = (first + (uint32_t)query) * (uint32_t)a.keys + (uint32_t)key;
        return random_bits(index, key0, key1, a.draw) >= a.threshold;
    }
};

/// What a row's scores are subtracted from in the backward pass, in units of log 2; rows that see nothing, or are not
/// there, have no probabilities.
__device__ __forceinline__ float backward_base(float log_sum) {
    return log_sum == nothing_seen ? infinity() : log_sum * log2_e;
}
