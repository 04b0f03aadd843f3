// What cuBLASLt's epilogues would have computed with a product y [rows, columns], where it has none for the operands or
// is slower: additions, GELU by its approximation with tanh, its derivative, and the sums over an operand's rows.

__device__ inline float tanh_of_gelu(float x) { return tanhf(0.7978845608f * (x + 0.044715f * x * x * x)); }

/// y += bias [columns] + residual [rows, columns], either of which may be missing.
extern "C" __global__ void __launch_bounds__(256) add_to_product(
    ELEMENT* y, const float* bias, const ELEMENT* residual, nint rows, nint columns, nint y_row, nint residual_row) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= rows * columns) return;
    const nint row = at / columns, column = at % columns;
    float x = to_float(y[row * y_row + column]);
    if (bias) x += bias[column];
    if (residual) x += to_float(residual[row * residual_row + column]);
    put(y + row * y_row + column, x);
}

/// y = gelu(y + bias); before [rows, columns] gets what goes in. Bias and before may be missing.
extern "C" __global__ void __launch_bounds__(256) gelu_of_product(
    ELEMENT* y, const float* bias, ELEMENT* before, nint rows, nint columns, nint y_row, nint before_row) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= rows * columns) return;
    const nint row = at / columns, column = at % columns;
    float x = to_float(y[row * y_row + column]);
    if (bias) x += bias[column];
    if (before) put(before + row * before_row + column, x);
    put(y + row * y_row + column, 0.5f * x * (1.0f + tanh_of_gelu(x)));
}

/// y *= gelu'(before).
extern "C" __global__ void __launch_bounds__(256) gelu_gradient_of_product(
    ELEMENT* y, const ELEMENT* before, nint rows, nint columns, nint y_row, nint before_row) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= rows * columns) return;
    const nint row = at / columns, column = at % columns;
    const float x = to_float(before[row * before_row + column]), t = tanh_of_gelu(x);
    const float slope = 0.7978845608f * (1.0f + 3.0f * 0.044715f * x * x);
    const float dy = to_float(y[row * y_row + column]);
    put(y + row * y_row + column, dy * (0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * slope));
}

/// parts [gridDim.y, columns] = the sums over x [rows, columns]'s rows, each over its share of them, in order.
/// Block: 32 columns by 8 rows.
extern "C" __global__ void __launch_bounds__(256) sum_operand_rows(
    const ELEMENT* x, float* parts, nint rows, nint columns, nint row_stride, nint column_stride) {
    __shared__ float sums[8][33];
    const int lane = threadIdx.x % 32, line = threadIdx.x / 32;
    const nint column = (nint)blockIdx.x * 32 + lane;
    const nint first = rows * blockIdx.y / gridDim.y, end = rows * (blockIdx.y + 1) / gridDim.y;
    float sum = 0.0f;
    if (column < columns)
        for (nint row = first + line; row < end; row += 8) sum += to_float(x[row * row_stride + column * column_stride]);
    sums[line][lane] = sum;
    __syncthreads();
    if (line > 0 || column >= columns) return;
    for (int i = 1; i < 8; i++) sum += sums[i][lane];
    parts[blockIdx.y * columns + column] = sum;
}
