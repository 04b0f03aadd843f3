// What a thread costs; printed, because machines differ.
#include "harness.h"

TEST(Collectives_Speed) {
    Kernels kernels(R"(
        extern "C" __global__ void shuffles(float* out, int n) {
            float v = threadIdx.x;
            for (int i = 0; i < n; i++) v += __shfl_xor_sync(~0u, v, 1 << i % 5) * 1e-3f;
            out[threadIdx.x] = v;
        }
        extern "C" __global__ void barriers(float* out, int n) {
            for (int i = 0; i < n; i++) __syncthreads();
            out[threadIdx.x] = 1;
        }
        extern "C" __global__ void pointwise(float* out, const float* in, int n) {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) out[i] = in[i] * 2.0f + 1.0f;
        }
        extern "C" __global__ void products(float* out, int n) {
            unsigned a[4] = { 1, 2, 3, 4 }, b[2] = { 5, 6 };
            float d[4] = {};
            for (int i = 0; i < n; i++) simt_mma_m16n8k16_bf16(d, a, b);
            out[threadIdx.x] = d[0];
        })");
    const int elements = 1 << 18;
    Buffer<float> out(elements), in(std::vector<float>(elements, 1.0f));
    auto time = [&](const char* name, double unit, auto... arguments) {
        double start = processorSeconds();
        OK(launchOn(nullptr, kernels.get(name), sizeof...(arguments) == 3 ? elements / 256 : 1, 256, 0, arguments...));
        OK(cuCtxSynchronize());
        std::printf("  %s: %.1f ns\n", name, (processorSeconds() - start) * 1e9 / unit);
    };
    time("shuffles", 256 * 2000.0, out.address, 2000);
    time("barriers", 256 * 2000.0, out.address, 2000);
    time("products", 256 * 500.0, out.address, 500);
    time("pointwise", elements, out.address, in.address, elements);
}
