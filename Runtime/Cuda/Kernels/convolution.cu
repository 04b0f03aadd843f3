// Convolutions of images as matrix products whose operand is never written down (Chetlur et al., cuDNN: Efficient
// Primitives for Deep Learning, 2014). x [batch, channels, height, width], weight [outputs, channels / groups,
// kernel_height, kernel_width], y [batch, outputs, out_height, out_width], all ELEMENT, but y and dx RESULT:
//
//   convolution_forward          y [a group's outputs, places of all images] = weight · patches of x
//   convolution_input_gradient   dx likewise of dy, once for each phase of the stride: the places of dx that are equal
//                                modulo the stride meet the same taps
//   convolution_weight_gradient  dy · patches of xᵀ, over a part of all places each; sums [parts, outputs, ..] fp32,
//                                which add_parts.cu adds in order
//
// A product's rows are channels, 64 to a block, its columns places, or channels and taps, 128 to a block. Sums are
// fp32 in a fixed order. Bytes: x from the caches once for each tap and 64 outputs, y once.

#include "tiles.cuh"

#ifndef ELEMENT
#define ELEMENT float
#endif
#ifndef RESULT
#define RESULT ELEMENT
#endif
#ifndef EPILOGUE
#define EPILOGUE(value) (value)
#endif

typedef ELEMENT element;
typedef RESULT result_element;

/// Blocks a multiprocessor is to hold: results wider than operands need registers that three do not leave.
enum : int { forward_blocks = sizeof(result_element) > sizeof(element) ? 2 : 3 };

/// ConvolutionShape of the runtime.
struct ConvolutionNumbers {
    int batch, channels, height, width, outputs, out_height, out_width, kernel_height, kernel_width, stride_height,
        stride_width, padding_height, padding_width, dilation_height, dilation_width, groups;
};

/// The places of an axis of dx that are equal to a phase modulo the stride: GradientPhase of the runtime.
struct Phase { int first, count, taps, first_tap, tap_stride, origin, tap_step; };

__device__ __forceinline__ Phase phase_of(int phase, int length, int kernel, int stride, int padding, int dilation) {
    int common = dilation;
    for (int rest = stride; rest != 0;) {
        int next = common % rest;
        common = rest;
        rest = next;
    }
    Phase p = { phase, (length - phase + stride - 1) / stride, 0, 0, stride / common, 0, -(dilation / common) };
    while (p.first_tap < kernel && (phase + padding - p.first_tap * dilation) % stride != 0) p.first_tap++;
    if (p.first_tap < kernel) {
        p.taps = (kernel - p.first_tap + p.tap_stride - 1) / p.tap_stride;
        p.origin = (phase + padding - p.first_tap * dilation) / stride;
    }
    return p;
}

/// result [rows, places] = weight [rows, channels · taps] · patches, in one group.
struct PatchProduct {
    const element* source;          // [batch, .., height, width], from the group's first channel on
    const element* weight;          // its first tap of the group's first row
    result_element* result;         // the group's first row at the first place
    int64_t source_image, result_image;
    int rows, channels;             // of the group
    int height, width;              // of the source
    int batch, grid_height, grid_width;
    int step_y, step_x, origin_y, origin_x;                 // source of a place's first tap
    int taps_y, taps_x, tap_step_y, tap_step_x;             // and of the others
    int weight_row, weight_channel, weight_y, weight_x;     // strides of the weight
    int result_row, result_y, result_x;                     // strides of the result
};

/// A thread has half of the depth of one row of weights and all of it of one place.
struct PatchLoader {
    typedef Tile<element> Operands;
    static constexpr int depth = Operands::depth;

    const PatchProduct& p;
    const element* weight;          // of this thread's row, null if there is none
    const element* source;          // of this thread's place
    int y, x;                       // of its first tap
    bool has_place;
    int next_k;                     // of the weights
    int channel, tap_y, tap_x;      // of the places
    element row[depth / 2], column[depth];

    __device__ __forceinline__ PatchLoader(const PatchProduct& p, int first_row, int image, int grid_y, int grid_x)
        : p(p), channel(0), tap_y(0), tap_x(0) {
        int own = first_row + threadIdx.x / 2;
        weight = own < p.rows ? p.weight + (int64_t)own * p.weight_row : nullptr;
        next_k = threadIdx.x % 2 * (depth / 2);
        has_place = image < p.batch;
        y = p.origin_y + grid_y * p.step_y;
        x = p.origin_x + grid_x * p.step_x;
        source = p.source + image * p.source_image;
    }

    __device__ __forceinline__ void fetch() {
        int taps = p.taps_y * p.taps_x, c = next_k / taps, rest = next_k - c * taps, v = rest / p.taps_x;
        int h = rest - v * p.taps_x;
        next_k += depth;
#pragma unroll
        for (int i = 0; i < depth / 2; i++) {
            row[i] = weight && c < p.channels
                ? weight[(int64_t)c * p.weight_channel + v * p.weight_y + h * p.weight_x] : element{};
            if (++h < p.taps_x) continue;
            h = 0;
            if (++v < p.taps_y) continue;
            v = 0;
            c++;
        }
#pragma unroll
        for (int i = 0; i < depth; i++) {
            int at_y = y + tap_y * p.tap_step_y, at_x = x + tap_x * p.tap_step_x;
            bool is_inside = has_place && channel < p.channels && (uint32_t)at_y < (uint32_t)p.height
                && (uint32_t)at_x < (uint32_t)p.width;
            column[i] = is_inside ? source[((int64_t)channel * p.height + at_y) * p.width + at_x] : element{};
            if (++tap_x < p.taps_x) continue;
            tap_x = 0;
            if (++tap_y < p.taps_y) continue;
            tap_y = 0;
            channel++;
        }
    }

    __device__ __forceinline__ void put(Operands& tile, int buffer) {
        tile.put_row(buffer, threadIdx.x / 2, threadIdx.x % 2 * (depth / 2), row);
        tile.put_column(buffer, 0, threadIdx.x, column);
    }
};

template<class Finish> __device__ __forceinline__ void multiply_patches(const PatchProduct& p, int first_row,
                                                                        Finish finish) {
    __shared__ __align__(128) Tile<element> tile;
    __shared__ int64_t targets[tile_columns];
    int area = p.grid_height * p.grid_width;
    int place = blockIdx.x * tile_columns + threadIdx.x, image = place / area, rest = place - image * area;
    int grid_y = rest / p.grid_width, grid_x = rest - grid_y * p.grid_width;
    targets[threadIdx.x] = image < p.batch
        ? image * p.result_image + (int64_t)grid_y * p.result_y + (int64_t)grid_x * p.result_x : -1;
    float sums[tile_sums] = {};
    PatchLoader loader(p, first_row, image, grid_y, grid_x);
    int length = p.channels * p.taps_y * p.taps_x;
    multiply_steps(tile, loader, (length + Tile<element>::depth - 1) / Tile<element>::depth, sums);
    __syncthreads();        // the targets, where there was no step
    Tile<element>::each(sums, [&](int row, int column, float sum) {
        int64_t target = targets[column];
        row += first_row;
        if (target >= 0 && row < p.rows)
            p.result[target + (int64_t)row * p.result_row] = from_float<result_element>(finish(row, sum));
    });
}

/// bias [outputs], null for none.
extern "C" __global__ void __launch_bounds__(128, forward_blocks) convolution_forward(
    result_element* __restrict__ y, const element* __restrict__ x, const element* __restrict__ weight,
    const element* __restrict__ bias, const ConvolutionNumbers n) {
    int channels = n.channels / n.groups, outputs = n.outputs / n.groups, taps = n.kernel_height * n.kernel_width;
    int blocks = (outputs + tile_rows - 1) / tile_rows, group = blockIdx.y / blocks;
    int in_area = n.height * n.width, out_area = n.out_height * n.out_width;
    PatchProduct p = {
        x + (int64_t)group * channels * in_area, weight + (int64_t)group * outputs * channels * taps,
        y + (int64_t)group * outputs * out_area, (int64_t)n.channels * in_area, (int64_t)n.outputs * out_area,
        outputs, channels, n.height, n.width, n.batch, n.out_height, n.out_width,
        n.stride_height, n.stride_width, -n.padding_height, -n.padding_width,
        n.kernel_height, n.kernel_width, n.dilation_height, n.dilation_width,
        channels * taps, taps, n.kernel_width, 1, out_area, n.out_width, 1,
    };
    multiply_patches(p, (blockIdx.y - group * blocks) * tile_rows, [&](int row, float sum) {
        if (bias) sum += to_float(bias[group * outputs + row]);
        return EPILOGUE(sum);
    });
}

/// blockIdx.z is the phase.
extern "C" __global__ void __launch_bounds__(128, 3) convolution_input_gradient(result_element* __restrict__ dx,
                                                                                const element* __restrict__ dy,
                                                                                const element* __restrict__ weight,
                                                                                const ConvolutionNumbers n) {
    int phase_y = blockIdx.z / n.stride_width, phase_x = blockIdx.z - phase_y * n.stride_width;
    Phase v = phase_of(phase_y, n.height, n.kernel_height, n.stride_height, n.padding_height, n.dilation_height);
    Phase h = phase_of(phase_x, n.width, n.kernel_width, n.stride_width, n.padding_width, n.dilation_width);
    if (v.count <= 0 || h.count <= 0 || (int64_t)blockIdx.x * tile_columns >= (int64_t)n.batch * v.count * h.count)
        return;
    int channels = n.channels / n.groups, outputs = n.outputs / n.groups, taps = n.kernel_height * n.kernel_width;
    int blocks = (channels + tile_rows - 1) / tile_rows, group = blockIdx.y / blocks;
    int in_area = n.height * n.width, out_area = n.out_height * n.out_width;
    PatchProduct p = {
        dy + (int64_t)group * outputs * out_area,
        weight + (int64_t)group * outputs * channels * taps + v.first_tap * n.kernel_width + h.first_tap,
        dx + (int64_t)group * channels * in_area + v.first * n.width + h.first,
        (int64_t)n.outputs * out_area, (int64_t)n.channels * in_area,
        channels, outputs, n.out_height, n.out_width, n.batch, v.count, h.count,
        1, 1, v.origin, h.origin, v.taps, h.taps, v.tap_step, h.tap_step,
        taps, channels * taps, v.tap_stride * n.kernel_width, h.tap_stride,
        in_area, n.stride_height * n.width, n.stride_width,
    };
    if (v.taps == 0 || h.taps == 0) p.channels = 0;
    multiply_patches(p, (blockIdx.y - group * blocks) * tile_rows, [](int, float sum) { return sum; });
}

/// A thread has one place at a time, of some rows of dy and some columns of patches.
struct PlaceLoader {
    typedef Tile<element> Operands;
    static constexpr int depth = Operands::depth, side = tile_threads / depth;
    static constexpr int own_rows = tile_rows / side, own_columns = tile_columns / side;

    const ConvolutionNumbers& n;
    const element* dy;              // the block's first row of the first image
    const element* x;               // the group's first channel of the first image
    const int* offsets;             // [tile_columns]: of a column's channel and tap from the first one's place
    const int* down;                // [tile_columns]: rows and
    const int* right;               // columns of the image from there
    int rows;                       // of dy in this block
    int at, end;                    // places
    element row[own_rows], column[own_columns];

    __device__ __forceinline__ void fetch() {
        int area = n.out_height * n.out_width, image = at / area, rest = at - image * area;
        int i = rest / n.out_width, j = rest - i * n.out_width;
        bool has_place = at < end;
        at += depth;
        int first = threadIdx.x / depth;
        const element* from = dy + (int64_t)image * n.outputs * area + rest;
#pragma unroll
        for (int k = 0; k < own_rows; k++) {
            int r = first + k * side;
            row[k] = has_place && r < rows ? from[(int64_t)r * area] : element{};
        }
        int y = i * n.stride_height, left = j * n.stride_width;
        const element* source = x + (int64_t)image * n.channels * n.height * n.width;
        int place = y * n.width + left;
#pragma unroll
        for (int k = 0; k < own_columns; k++) {
            int c = first + k * side;
            bool is_inside = has_place && (uint32_t)(y + down[c]) < (uint32_t)n.height
                && (uint32_t)(left + right[c]) < (uint32_t)n.width;
            column[k] = is_inside ? source[place + offsets[c]] : element{};
        }
    }

    __device__ __forceinline__ void put(Operands& tile, int buffer) {
        int first = threadIdx.x / depth, k = threadIdx.x % depth;
#pragma unroll
        for (int i = 0; i < own_rows; i++) tile.put_a(buffer, first + i * side, k, row[i]);
#pragma unroll
        for (int i = 0; i < own_columns; i++) tile.put_b(buffer, k, first + i * side, column[i]);
    }
};

/// parts [parts, outputs, channels / groups, kernel_height, kernel_width]; part blockIdx.z has part_places places.
extern "C" __global__ void __launch_bounds__(128, 3) convolution_weight_gradient(float* __restrict__ parts,
                                                                                 const element* __restrict__ x,
                                                                                 const element* __restrict__ dy,
                                                                                 const ConvolutionNumbers n,
                                                                                 int part_places) {
    constexpr int nowhere = -(1 << 30);
    __shared__ __align__(128) Tile<element> tile;
    __shared__ int offsets[tile_columns], down[tile_columns], right[tile_columns];
    int channels = n.channels / n.groups, outputs = n.outputs / n.groups, taps = n.kernel_height * n.kernel_width;
    int blocks = (outputs + tile_rows - 1) / tile_rows, group = blockIdx.y / blocks;
    int first_row = (blockIdx.y - group * blocks) * tile_rows, first_column = blockIdx.x * tile_columns;
    int columns = channels * taps, own = first_column + threadIdx.x;
    int channel = own / taps, tap = own - channel * taps, tap_y = tap / n.kernel_width;
    down[threadIdx.x] = own < columns ? tap_y * n.dilation_height - n.padding_height : nowhere;
    right[threadIdx.x] = (tap - tap_y * n.kernel_width) * n.dilation_width - n.padding_width;
    offsets[threadIdx.x] = own < columns
        ? channel * n.height * n.width + down[threadIdx.x] * n.width + right[threadIdx.x] : 0;
    __syncthreads();
    int all = n.batch * n.out_height * n.out_width, begin = blockIdx.z * part_places;
    int end = begin + part_places < all ? begin + part_places : all;
    float sums[tile_sums] = {};
    PlaceLoader loader = {
        n, dy + ((int64_t)group * outputs + first_row) * n.out_height * n.out_width,
        x + (int64_t)group * channels * n.height * n.width, offsets, down, right, outputs - first_row,
        begin + (int)threadIdx.x % PlaceLoader::depth, end, {}, {},
    };
    multiply_steps(tile, loader, (end - begin + PlaceLoader::depth - 1) / PlaceLoader::depth, sums);
    parts += ((int64_t)blockIdx.z * n.outputs + (int64_t)group * outputs) * columns;
    Tile<element>::each(sums, [&](int row, int column, float sum) {
        row += first_row;
        column += first_column;
        if (row < outputs && column < columns) parts[(int64_t)row * columns + column] = sum;
    });
}
