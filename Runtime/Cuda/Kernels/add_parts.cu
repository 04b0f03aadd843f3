// result [count] GRADIENT = Σ of parts [all, count] fp32, in order: the second half of a sum that was cut to keep a device
// busy, so that it has the same bits in every run.

#ifndef GRADIENT
#define GRADIENT float
#endif

typedef GRADIENT gradient;

extern "C" __global__ void __launch_bounds__(256) add_parts(gradient* __restrict__ result,
                                                            const float* __restrict__ parts, int all,
                                                            int64_t count) {
    int64_t at = (int64_t)blockIdx.x * 256 + threadIdx.x;
    if (at >= count) return;
    float sum = 0.0f;
#pragma unroll 8
    for (int part = 0; part < all; part++) sum += parts[part * count + at];
    result[at] = from_float<gradient>(sum);
}
