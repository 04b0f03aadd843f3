// Sums of everything up to each place: result [outer, length, inner] = Σ of from [outer, ..t, inner] ELEMENT, or of
// [outer, t.., inner] where reversed. A block owns one of outer and blockDim.x columns of inner, and walks the axis in
// tiles of blockDim.y threads with 8 places each; a tile's sums are scanned in shared memory. The tree is the same in
// every run, and sums are kept in double as on the CPU: what is rounded is each result, not the sum that the next one
// is made of. from and result may be the same. Every element is read and written once.

#ifndef ELEMENT
#define ELEMENT float
#endif

typedef ELEMENT element;

extern "C" __global__ void __launch_bounds__(256) cumulative_sum(element* result, const element* from, int64_t length,
                                                                 int64_t inner, int64_t blocks, int is_reversed) {
    constexpr int own = 8, threads = 256;
    __shared__ double sums[2][threads];
    int64_t column = blockIdx.x % blocks * blockDim.x + threadIdx.x;
    bool has_column = column < inner;
    int64_t base = blockIdx.x / blocks * length * inner + column, step = inner;
    if (is_reversed) {
        base += (length - 1) * inner;
        step = -inner;
    }
    int columns = blockDim.x, at = threadIdx.y * columns + threadIdx.x;
    double carried = 0;
    for (int64_t first = 0; first < length; first += (int64_t)blockDim.y * own) {
        int64_t t = first + threadIdx.y * own;
        double values[own], sum = 0;
#pragma unroll
        for (int i = 0; i < own; i++) {
            values[i] = has_column && t + i < length ? (double)to_float(from[base + (t + i) * step]) : 0.0;
            sum += values[i];
        }
        // Inclusive scan over the threads of a column.
        int buffer = 0;
        sums[0][at] = sum;
        __syncthreads();
        for (int distance = 1; distance < (int)blockDim.y; distance <<= 1) {
            double value = sums[buffer][at];
            if ((int)threadIdx.y >= distance) value += sums[buffer][at - distance * columns];
            buffer ^= 1;
            sums[buffer][at] = value;
            __syncthreads();
        }
        double running = carried + (threadIdx.y > 0 ? sums[buffer][at - columns] : 0.0);
        carried += sums[buffer][(blockDim.y - 1) * columns + threadIdx.x];
#pragma unroll
        for (int i = 0; i < own; i++) {
            running += values[i];
            if (has_column && t + i < length) result[base + (t + i) * step] = from_float<element>((float)running);
        }
        __syncthreads();
    }
}
