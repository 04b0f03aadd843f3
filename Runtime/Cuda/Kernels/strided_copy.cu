// Matrices at other strides, to[o][h][r][c] = from[o][h][r][c] of [outers, heads, rows, columns]; strides in elements.
// Bytes: both once; neighbouring threads have neighbouring columns.

extern "C" __global__ void __launch_bounds__(256) strided_copy(
    const ELEMENT* __restrict__ from, nint from_outer, nint from_head, nint from_row, nint from_column,
    ELEMENT* __restrict__ to, nint to_outer, nint to_head, nint to_row, nint to_column,
    nint heads, nint rows, nint columns, nint length) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at >= length) return;
    const nint column = at % columns, row = at / columns % rows, head = at / columns / rows % heads;
    const nint outer = at / columns / rows / heads;
    to[outer * to_outer + head * to_head + row * to_row + column * to_column] =
        from[outer * from_outer + head * from_head + row * from_row + column * from_column];
}
