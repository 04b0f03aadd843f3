// The same numbers in another type: to [length] of TO from [length] of FROM, to nearest, ties to even.

extern "C" __global__ void __launch_bounds__(256) convert(const FROM* __restrict__ from, TO* __restrict__ to,
                                                          nint length) {
    const nint at = (nint)blockIdx.x * 256 + threadIdx.x;
    if (at < length) to[at] = from_float<TO>(to_float(from[at]));
}
