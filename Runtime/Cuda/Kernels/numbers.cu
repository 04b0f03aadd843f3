// first_not_finite: the place of the first element of x [length] of ELEMENT that is infinite or no number, where that
// is smaller than what *first holds; with may_be_infinite the first that is no number. Every thread looks at elements
// from the first on and stops at one, and the smallest place is the same in any order of threads.

enum : int { number_threads = 256 };

extern "C" __global__ void __launch_bounds__(256) first_not_finite(const ELEMENT* __restrict__ x, nint length,
                                                                   int may_be_infinite, uint64_t* first) {
    const nint step = (nint)gridDim.x * number_threads;
    for (nint at = (nint)blockIdx.x * number_threads + threadIdx.x; at < length; at += step) {
        const float value = to_float(x[at]);
        const bool is_number = value == value;
        if (is_number && (may_be_infinite || value - value == 0.0f)) continue;
        atomicMin(first, (uint64_t)at);
        return;
    }
}
