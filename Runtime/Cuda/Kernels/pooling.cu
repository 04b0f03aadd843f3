// Poolings of images x [planes, height, width] ELEMENT to y [planes, out_height, out_width], and their gradients, by
// the CPU's rules. Every thread makes one element of the result: gradients gather what the windows over an element
// send it, in the order of windows, so there are no atomics and fp32 has the bits of the CPU.
//
//   average   y = the mean of each window
//   share     dx = each element of dy shared out among its window
//   pick      y = of each window the value at the first largest element of x
//   spread    dx = for each window its element of dy at the first largest element of x, else 0
//
// Bytes: each operand once where windows do not overlap; what they share comes from the caches. A launch has at most
// 2^31 - 1 elements of x and of y.

#ifndef ELEMENT
#define ELEMENT float
#endif

typedef ELEMENT element;

/// PoolingNumbers of CudaPooling.cs.
struct PoolingNumbers {
    int height, width, out_height, out_width, kernel_height, kernel_width, stride_height, stride_width, padding_height,
        padding_width, counts_padding, is_adaptive;
};

struct Stretch { int first, end; };

/// What window i covers of an axis.
__device__ __forceinline__ Stretch covered(int i, int windows, int length, int kernel, int stride, int padding,
                                           int is_adaptive) {
    if (is_adaptive) {
        return { (int)((int64_t)i * length / windows), (int)(((i + 1LL) * length + windows - 1) / windows) };
    }
    int first = i * stride - padding;
    return { max(0, first), min(length, first + kernel) };
}

/// The windows that cover an element of an axis.
__device__ __forceinline__ Stretch covering(int at, int windows, int length, int kernel, int stride, int padding,
                                            int is_adaptive) {
    if (is_adaptive) {
        int64_t end = ((at + 1LL) * windows + length - 1) / length;
        return { (int)((int64_t)at * windows / length), (int)(end < windows ? end : windows) };
    }
    int first = at + padding - kernel + 1;
    return { first <= 0 ? 0 : (first + stride - 1) / stride, min(windows, (at + padding) / stride + 1) };
}

__device__ __forceinline__ Stretch rows_of(const PoolingNumbers& n, int i) {
    return covered(i, n.out_height, n.height, n.kernel_height, n.stride_height, n.padding_height, n.is_adaptive);
}
__device__ __forceinline__ Stretch columns_of(const PoolingNumbers& n, int j) {
    return covered(j, n.out_width, n.width, n.kernel_width, n.stride_width, n.padding_width, n.is_adaptive);
}
__device__ __forceinline__ Stretch windows_over_row(const PoolingNumbers& n, int r) {
    return covering(r, n.out_height, n.height, n.kernel_height, n.stride_height, n.padding_height, n.is_adaptive);
}
__device__ __forceinline__ Stretch windows_over_column(const PoolingNumbers& n, int c) {
    return covering(c, n.out_width, n.width, n.kernel_width, n.stride_width, n.padding_width, n.is_adaptive);
}

__device__ __forceinline__ float share_of(const PoolingNumbers& n, Stretch rows, Stretch columns) {
    bool counts_all = n.counts_padding && !n.is_adaptive;
    int count = counts_all ? n.kernel_height * n.kernel_width : (rows.end - rows.first) * (columns.end - columns.first);
    return 1.0f / count;
}

struct Element { uint32_t at, plane; int row, column; };

/// Element at of [planes, height, width].
__device__ __forceinline__ Element element_of(uint32_t at, int height, int width) {
    uint32_t area = (uint32_t)height * width, plane = at / area;
    int rest = (int)(at - plane * area), row = rest / width;
    return { at, plane, row, rest - row * width };
}

__device__ __forceinline__ uint32_t own_element() { return blockIdx.x * 256 + threadIdx.x; }

extern "C" __global__ void __launch_bounds__(256) average(element* __restrict__ y, const element* __restrict__ x,
                                                          uint32_t count, const PoolingNumbers n) {
    Element e = element_of(own_element(), n.out_height, n.out_width);
    if (e.at >= count) return;
    Stretch rows = rows_of(n, e.row), columns = columns_of(n, e.column);
    const element* image = x + e.plane * n.height * n.width;
    float sum = 0.0f;
    for (int r = rows.first; r < rows.end; r++)
        for (int c = columns.first; c < columns.end; c++) sum += to_float(image[r * n.width + c]);
    y[e.at] = from_float<element>(sum * share_of(n, rows, columns));
}

/// For windows of more elements than a thread should walk alone, as those of whole images: a warp for each.
extern "C" __global__ void __launch_bounds__(256) average_by_warp(element* __restrict__ y,
                                                                  const element* __restrict__ x, uint32_t count,
                                                                  const PoolingNumbers n) {
    Element e = element_of(blockIdx.x * 8 + warp_index(), n.out_height, n.out_width);
    if (e.at >= count) return;
    Stretch rows = rows_of(n, e.row), columns = columns_of(n, e.column);
    const element* image = x + e.plane * n.height * n.width;
    int width = columns.end - columns.first, all = (rows.end - rows.first) * width;
    float sum = 0.0f;
    for (int i = lane_index(); i < all; i += 32) {
        int r = i / width;
        sum += to_float(image[(rows.first + r) * n.width + columns.first + i - r * width]);
    }
    sum = row_sum(sum);
    if (lane_index() == 0) y[e.at] = from_float<element>(sum * share_of(n, rows, columns));
}

extern "C" __global__ void __launch_bounds__(256) share(element* __restrict__ dx, const element* __restrict__ dy,
                                                        uint32_t count, const PoolingNumbers n) {
    Element e = element_of(own_element(), n.height, n.width);
    if (e.at >= count) return;
    Stretch down = windows_over_row(n, e.row), across = windows_over_column(n, e.column);
    const element* from = dy + e.plane * n.out_height * n.out_width;
    float sum = 0.0f;
    for (int i = down.first; i < down.end; i++)
        for (int j = across.first; j < across.end; j++) {
            float part = share_of(n, rows_of(n, i), columns_of(n, j));
            // Rounded before it is added, as on the CPU.
            sum += __fmul_rn(to_float(from[i * n.out_width + j]), part);
        }
    dx[e.at] = from_float<element>(sum);
}

extern "C" __global__ void __launch_bounds__(256) pick(element* __restrict__ y, const element* __restrict__ x,
                                                       const element* __restrict__ values, uint32_t count,
                                                       const PoolingNumbers n) {
    Element e = element_of(own_element(), n.out_height, n.out_width);
    if (e.at >= count) return;
    Stretch rows = rows_of(n, e.row), columns = columns_of(n, e.column);
    uint32_t plane = e.plane * n.height * n.width, place = plane + rows.first * n.width + columns.first;
    float best = to_float(x[place]);
    for (int r = rows.first; r < rows.end; r++)
        for (int c = columns.first; c < columns.end; c++) {
            uint32_t at = plane + r * n.width + c;
            float candidate = to_float(x[at]);
            // Not "larger": NaN is never larger, but the first one counts.
            if (candidate <= best || best != best) continue;
            best = candidate;
            place = at;
        }
    y[e.at] = values[place];
}

/// Whether an element is the first largest of a window: none in front is as large, none behind larger, and NaN is
/// larger than all. Most elements meet one that is soon.
__device__ __forceinline__ bool is_largest(const element* __restrict__ image, int width, Stretch rows, Stretch columns,
                                           int row, int column, float own) {
    bool is_number = own == own;
    for (int r = rows.first; r < rows.end; r++)
        for (int c = columns.first; c < columns.end; c++) {
            float other = to_float(image[r * width + c]);
            bool is_before = r < row || (r == row && c < column);
            if (is_before ? (is_number ? !(other < own) : other != other) : is_number && !(other <= own)) return false;
        }
    return true;
}

extern "C" __global__ void __launch_bounds__(256) spread(element* __restrict__ dx, const element* __restrict__ x,
                                                         const element* __restrict__ dy, uint32_t count,
                                                         const PoolingNumbers n) {
    Element e = element_of(own_element(), n.height, n.width);
    if (e.at >= count) return;
    Stretch down = windows_over_row(n, e.row), across = windows_over_column(n, e.column);
    const element* image = x + e.plane * n.height * n.width;
    const element* from = dy + e.plane * n.out_height * n.out_width;
    float own = to_float(x[e.at]), sum = 0.0f;
    for (int i = down.first; i < down.end; i++)
        for (int j = across.first; j < across.end; j++)
            if (is_largest(image, n.width, rows_of(n, i), columns_of(n, j), e.row, e.column, own))
                sum += to_float(from[i * n.out_width + j]);
    dx[e.at] = from_float<element>(sum);
}
