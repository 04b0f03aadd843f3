// Attention on tensor cores: tiles in shared memory and the products of a warp. 16-bit elements by mma m16n8k16, fp32
// rounded to tf32 by m16n8k8; sums are fp32. A warp owns 16 rows of its block's 64.

constexpr int threads = 128, tile_rows = 64;
constexpr int vector = 16 / sizeof(Element);            // elements of a copy
constexpr int depth_step = 32 / sizeof(Element);        // elements that one product contracts

constexpr __host__ __device__ int padded(int columns) { return ceil_div(columns, 16) * 16; }

/// Elements from row to row in shared memory: an odd number of 16 bytes, so that 8 rows lie in different banks.
constexpr __host__ __device__ int pitch(int columns) { return padded(columns) + vector; }

/// Bytes of the wider of the two rows, in elements of 16 bits: what tile sizes are chosen by.
constexpr int width = (HEAD > VALUE ? padded(HEAD) : padded(VALUE)) * sizeof(Element) / 2;

/// Rows first ... first + ROWS - 1 to shared memory, under way until copy_wait; zeros where the matrix has ended.
template<int ROWS, int COLUMNS>
__device__ __forceinline__ void load_tile(Element* tile, const Element* __restrict__ rows, int64_t stride, int first,
                                          int end) {
    constexpr int pieces = padded(COLUMNS) / vector;
#pragma unroll
    for (int i = 0; i < ceil_div(ROWS * pieces, threads); i++) {
        int piece = threadIdx.x + i * threads, row = piece / pieces, column = piece % pieces * vector;
        if (ROWS * pieces % threads != 0 && piece >= ROWS * pieces) break;
        Element* to = tile + row * pitch(COLUMNS) + column;
        const Element* from = rows + (first + row) * stride + column;
        if (VECTORS && first + row < end && (COLUMNS % 16 == 0 || column < COLUMNS)) {
            copy16_async(to, from);
            continue;
        }
        Pack<Element, vector> pack = {};
        if (!VECTORS && first + row < end) {
#pragma unroll
            for (int k = 0; k < vector; k++)
                if (column + k < COLUMNS) pack.v[k] = from[k];
        }
        *reinterpret_cast<Pack<Element, vector>*>(to) = pack;
    }
}

// ----------------------------------------------------------------------------------------- the three elements

__device__ __forceinline__ void multiply(bf16, float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    multiply_bf16(d, a, b);
}
__device__ __forceinline__ void multiply(f16, float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    multiply_f16(d, a, b);
}
__device__ __forceinline__ void multiply(float, float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    multiply_tf32(d, a, b);
}

/// To the nearest tf32; products would cut the rest off.
__device__ __forceinline__ uint32_t tf32_bits(float x) {
#ifdef SIMT_EMU
    return __float_as_uint(simt_tf32_from_float(x));
#else
    uint32_t bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
#endif
}

template<class T> __device__ __forceinline__ void round_fragment(uint32_t (&r)[4]) {
    if constexpr (sizeof(T) == 4) {
#pragma unroll
        for (int i = 0; i < 4; i++) r[i] = tf32_bits(__uint_as_float(r[i]));
    }
}

/// Rows of a tile as the left factor: 16 rows, depth_step columns. at: the tile's first element plus left_lane.
__device__ __forceinline__ int left_lane(int stride) {
    return (lane_index() & 15) * stride + (lane_index() >> 4) * vector;
}
__device__ __forceinline__ void load_left(uint32_t (&a)[4], const Element* at) {
    load_matrix(a, at);
    round_fragment<Element>(a);
}

/// Rows of a tile as the right factor, transposed: 16 rows, depth_step columns, for two products.
__device__ __forceinline__ int right_lane(int stride) {
    int lane = lane_index();
    return ((lane & 7) + (lane >> 4 & 1) * 8) * stride + (lane >> 3 & 1) * vector;
}
__device__ __forceinline__ void load_right(uint32_t (&b)[4], const Element* at) {
    load_matrix(b, at);
    round_fragment<Element>(b);
}

// Rows of a tile as the right factor: depth_step rows, 16 columns, for two products. The rows of fp32 are contracted in
// the order in which the left factor's sums lie in the lanes.
template<class T> __device__ __forceinline__ int down_lane(int stride) {
    int lane = lane_index();
    return sizeof(T) == 2 ? (lane & 15) * stride + (lane >> 4) * 8 : (lane & 3) * 2 * stride + (lane >> 2);
}
template<class T> __device__ __forceinline__ void load_down(uint32_t (&b)[4], const T* at, int) {
    load_matrix_transposed(b, at);
}
__device__ __forceinline__ void load_down(uint32_t (&b)[4], const float* at, int stride) {
    b[0] = tf32_bits(at[0]);
    b[1] = tf32_bits(at[stride]);
    b[2] = tf32_bits(at[8]);
    b[3] = tf32_bits(at[stride + 8]);
}

// Sums of a warp, [16, 8 each], as the left factor of the next product.
template<int TILES, class Value>
__device__ __forceinline__ void pack_left(bf16, uint32_t (&a)[4], const float (&x)[TILES][4], int step, Value value) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float (&t)[4] = x[step * 2 + i / 2];
        a[i] = bf16_pair(value(t[i % 2 * 2]), value(t[i % 2 * 2 + 1]));
    }
}
template<int TILES, class Value>
__device__ __forceinline__ void pack_left(f16, uint32_t (&a)[4], const float (&x)[TILES][4], int step, Value value) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float (&t)[4] = x[step * 2 + i / 2];
        a[i] = f16_pair(value(t[i % 2 * 2]), value(t[i % 2 * 2 + 1]));
    }
}
template<int TILES, class Value>
__device__ __forceinline__ void pack_left(float, uint32_t (&a)[4], const float (&x)[TILES][4], int step, Value value) {
#pragma unroll
    for (int i = 0; i < 4; i++) a[i] = tf32_bits(value(x[step][i % 2 * 2 + i / 2]));
}

// --------------------------------------------------------------------------------------------------- products

/// d [16, 8 TILES] += left [16, COLUMNS] · right [8 TILES, COLUMNS], transposed; both where left_lane and right_lane
/// put them.
template<int TILES, int COLUMNS>
__device__ __forceinline__ void multiply_rows(float (&d)[TILES][4], const Element* left, const Element* right) {
#pragma unroll
    for (int depth = 0; depth < padded(COLUMNS); depth += depth_step) {
        uint32_t a[4];
        load_left(a, left + depth);
#pragma unroll
        for (int n = 0; n < TILES; n += 2) {
            uint32_t b[4];
            load_right(b, right + n * 8 * pitch(COLUMNS) + depth);
            multiply(Element(), d[n], a, { b[0], b[1] });
            multiply(Element(), d[n + 1], a, { b[2], b[3] });
        }
    }
}

/// The same with the left factor in registers.
template<int TILES, int COLUMNS>
__device__ __forceinline__ void multiply_rows(float (&d)[TILES][4],
                                              const uint32_t (&left)[padded(COLUMNS) / depth_step][4],
                                              const Element* right) {
#pragma unroll
    for (int depth = 0; depth < padded(COLUMNS); depth += depth_step)
#pragma unroll
        for (int n = 0; n < TILES; n += 2) {
            uint32_t b[4];
            load_right(b, right + n * 8 * pitch(COLUMNS) + depth);
            multiply(Element(), d[n], left[depth / depth_step], { b[0], b[1] });
            multiply(Element(), d[n + 1], left[depth / depth_step], { b[2], b[3] });
        }
}

/// d [16, 8 OUT] += value(x [16, 8 TILES]) · down [8 TILES, columns], rounded to the element between; as many of the
/// 8 OUT columns as there are.
template<int OUT, int TILES, class Value>
__device__ __forceinline__ void multiply_down(float (&d)[OUT][4], const float (&x)[TILES][4], const Element* down,
                                              int stride, int columns, Value value) {
#pragma unroll
    for (int step = 0; step < TILES * 8 / depth_step; step++) {
        uint32_t a[4];
        pack_left(Element(), a, x, step, value);
#pragma unroll
        for (int n = 0; n < OUT; n += 2) {
            if (n * 8 >= columns) break;
            uint32_t b[4];
            load_down(b, down + step * depth_step * stride + n * 8, stride);
            multiply(Element(), d[n], a, { b[0], b[1] });
            multiply(Element(), d[n + 1], a, { b[2], b[3] });
        }
    }
}

/// A warp's sums times two factors, of rows 0 ... 7 and 8 ... 15, rounded, to rows first ... first + 15 of a matrix,
/// past shared memory of the warp's own, so that 16 bytes are stored at once.
template<int OUT>
__device__ __forceinline__ void store_rows(const float (&d)[OUT][4], float low, float high, Element* staging,
                                           Element* __restrict__ rows, int64_t stride, int first, int end,
                                           int columns) {
    constexpr int stage_pitch = OUT * 8 + vector, pieces = OUT * 8 / vector;
    int lane = lane_index();
    __syncwarp();
#pragma unroll
    for (int n = 0; n < OUT; n++) {
        Element* to = staging + (lane >> 2) * stage_pitch + n * 8 + (lane & 3) * 2;
        float top[2] = { d[n][0] * low, d[n][1] * low }, bottom[2] = { d[n][2] * high, d[n][3] * high };
        store(to, top);
        store(to + 8 * stage_pitch, bottom);
    }
    __syncwarp();
#pragma unroll
    for (int i = 0; i < 16 * pieces / 32; i++) {
        int piece = lane + i * 32, row = piece / pieces, column = piece % pieces * vector;
        const Element* from = staging + row * stage_pitch + column;
        Element* to = rows + (first + row) * stride + column;
        if (first + row >= end || column >= columns) continue;
        if constexpr (VECTORS) {
            *reinterpret_cast<int4*>(to) = *reinterpret_cast<const int4*>(from);
        } else {
#pragma unroll
            for (int k = 0; k < vector; k++)
                if (column + k < columns) to[k] = from[k];
        }
    }
}
