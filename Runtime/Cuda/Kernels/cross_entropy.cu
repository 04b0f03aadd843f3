// Softmax cross-entropy of rows of logits, and its gradient in their place:
//   losses [rows] = log Σ exp x - x[label],   x = factor (softmax(x) - onehot(label))
//   logits [rows, padded] with columns ≤ padded of them classes, ELEMENT bf16, f16 or float; labels [rows] int32
// A block has a row; a thread sees only its own pieces of it, so that nothing but two numbers passes between threads.
// Bytes: the logits once and their gradient once where CACHED, else the logits three times, twice of them from L2.
// Source: Milakov and Gimelshein, Online normalizer calculation for softmax (2018). Deterministic.
//
// Defines: ELEMENT; BLOCK of a block; CACHED 1 where a row fits shared memory; GRADIENT 0 or 1; VECTORS 1 where rows
// are multiples of 16 bytes at multiples of 16 bytes, else 0.

typedef ELEMENT Element;

constexpr int vector = 16 / sizeof(Element);
constexpr float log2_e = 1.44269504f, ln_2 = 0.693147181f;

struct CrossEntropy {
    Element* logits;            // becomes the gradient
    const int* labels;
    float* losses;              // or nothing
    const float* factor;        // [1] of the gradient
    int64_t stride;             // of rows
    int rows, columns, padded, ignored;
};

typedef Pack<Element, vector> Piece;

__device__ __forceinline__ Piece load_piece(const Element* row, int column, int end) {
    if (VECTORS) return *reinterpret_cast<const Piece*>(row + column);
    Piece piece = {};
#pragma unroll
    for (int k = 0; k < vector; k++)
        if (column + k < end) piece.v[k] = row[column + k];
    return piece;
}

__device__ __forceinline__ void store_piece(Element* row, int column, int end, const Piece& piece) {
    if constexpr (VECTORS) {
        union { int4 words; Piece piece; } u;
        u.piece = piece;
        __stcs(reinterpret_cast<int4*>(row + column), u.words);
    } else {
#pragma unroll
        for (int k = 0; k < vector; k++)
            if (column + k < end) row[column + k] = piece.v[k];
    }
}

extern "C" __global__ void __launch_bounds__(BLOCK) cross_entropy(const CrossEntropy a) {
    extern __shared__ __align__(128) Element cache[];       // the row, where CACHED
    __shared__ float partial[32];
    // The last rows were written last, and may still be in L2.
    int row = a.rows - 1 - blockIdx.x, label = a.labels[row];
    Element* logits = a.logits + row * a.stride;
    if (CACHED) {
        for (int column = threadIdx.x * vector; column < a.columns; column += BLOCK * vector) {
            if (VECTORS) copy16_async(cache + column, logits + column);
            else *reinterpret_cast<Piece*>(cache + column) = load_piece(logits, column, a.columns);
        }
        copy_commit();
        copy_wait<0>();
    }
    auto piece_of = [&](int column) {
        return CACHED ? *reinterpret_cast<const Piece*>(cache + column) : load_piece(logits, column, a.columns);
    };
    // One thread has the label's logit, and nobody has written over it yet.
    float of_label = label >= 0 && label < a.columns ? to_float(logits[label]) : __int_as_float(0x7fffffff);

    float most = -infinity(), sum = 0.0f;
    for (int column = threadIdx.x * vector; column < a.columns; column += BLOCK * vector) {
        Piece piece = piece_of(column);
#pragma unroll
        for (int k = 0; k < vector; k++)
            if (column + k < a.columns) most = fmaxf(most, to_float(piece.v[k]));
    }
    most = block_max<BLOCK>(most, partial);
    // A row of -∞ only has no probabilities, and shows as NaN.
    float base = most * log2_e;
    for (int column = threadIdx.x * vector; column < a.columns; column += BLOCK * vector) {
        Piece piece = piece_of(column);
#pragma unroll
        for (int k = 0; k < vector; k++)
            if (column + k < a.columns) sum += exp2_fast(fmaf(to_float(piece.v[k]), log2_e, -base));
    }
    // The barriers of this sum also stand between everybody's reading of the label's logit and its gradient.
    base += log2f(block_sum<BLOCK>(sum, partial));
    if (a.losses && threadIdx.x == 0) a.losses[row] = label == a.ignored ? 0.0f : base * ln_2 - of_label;
    if (!GRADIENT) return;

    float factor = label == a.ignored ? 0.0f : *a.factor;
    for (int column = threadIdx.x * vector; column < a.padded; column += BLOCK * vector) {
        Piece piece = {};
        if (column < a.columns && label != a.ignored) piece = piece_of(column);
#pragma unroll
        for (int k = 0; k < vector; k++) {
            float p = exp2_fast(fmaf(to_float(piece.v[k]), log2_e, -base)) - (column + k == label ? 1.0f : 0.0f);
            // Padding belongs to no class, and an ignored row to no label, whatever stands in it.
            bool counts = column + k < a.columns && label != a.ignored;
            piece.v[k] = from_float<Element>(counts ? factor * p : 0.0f);
        }
        store_piece(logits, column, a.padded, piece);
    }
}
