// What a product's epilogue would have added, where cuBLASLt has none for its operands:
// y [rows, columns] += bias [columns] + residual [rows, columns], either of which may be missing.

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
