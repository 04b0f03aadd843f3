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

// About the work of one training step of a GPT of 2 layers, C 64, T 64, B 2, H 4: products, rows, elements, attention,
// optimizer.
TEST(SmallGptStep_Speed) {
    Kernels kernels(R"(
        __device__ float rowSum(float v) {
            for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
            return v;
        }
        extern "C" __global__ void rows(float* out, const float* in, int rowCount) {
            int lane = threadIdx.x & 31, row = blockIdx.x * 4 + (threadIdx.x >> 5);
            if (row >= rowCount) return;
            float a = in[row * 64 + lane], b = in[row * 64 + 32 + lane], mean = rowSum(a + b) / 64;
            float r = rsqrtf(rowSum((a - mean) * (a - mean) + (b - mean) * (b - mean)) / 64 + 1e-5f);
            out[row * 64 + lane] = (a - mean) * r;
            out[row * 64 + 32 + lane] = (b - mean) * r;
        }
        extern "C" __global__ void gelu(float* out, const float* in, int n) {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) { float x = in[i]; out[i] = 0.5f * x * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x))); }
        }
        extern "C" __global__ void attention(float* out, const float* qkv, int T) {
            extern __shared__ float tile[];
            int t = threadIdx.x, head = blockIdx.x % 4, batch = blockIdx.x / 4;
            for (int d = 0; d < 32; d++)
                tile[t * 32 + d] = qkv[(batch * T + t) * 192 + (d < 16 ? 64 : 112) + head * 16 + d];
            __syncthreads();
            float sum = 0, o[16] = {};
            for (int j = 0; j <= t; j++) {
                float s = 0;
                for (int d = 0; d < 16; d++) s += qkv[(batch * T + t) * 192 + head * 16 + d] * tile[j * 32 + d];
                float p = __expf(s * 0.25f);
                sum += p;
                for (int d = 0; d < 16; d++) o[d] += p * tile[j * 32 + 16 + d];
            }
            for (int d = 0; d < 16; d++) out[(batch * T + t) * 64 + head * 16 + d] = o[d] / sum;
        }
        extern "C" __global__ void adam(float* w, float* m, float* v, const float* g, int n) {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i >= n) return;
            float a = m[i] = 0.9f * m[i] + 0.1f * g[i], b = v[i] = 0.99f * v[i] + 0.01f * g[i] * g[i];
            w[i] -= 1e-3f * a / (sqrtf(b) + 1e-8f);
        })");
    const int rowCount = 128, parameters = 110000;
    Buffer<float> x(numbers(rowCount * 256, 1)), y(numbers(rowCount * 256, 2)), w(numbers(parameters, 3));
    Buffer<float> m(numbers(parameters, 4)), v(std::vector<float>(parameters, 1.0f)), g(numbers(parameters, 5));
    cublasHandle_t handle = nullptr;
    OK(cublasCreate_v2(&handle));
    CUstream stream = newStream();
    OK(cublasSetStream_v2(handle, stream));
    float one = 1, zero = 0;
    auto product = [&](int rows, int columns, int depth) {
        OK(cublasGemmEx(handle, 0, 0, rows, columns, depth, &one, w.pointer(), CUDA_R_32F, rows, x.pointer(),
                        CUDA_R_32F, depth, &zero, y.pointer(), CUDA_R_32F, rows, CUBLAS_COMPUTE_32F, -1));
    };
    CUgraph graph = nullptr;
    CUgraphExec exec = nullptr;
    CUfunction row = kernels.get("rows"), gelu = kernels.get("gelu"), attention = kernels.get("attention");
    CUfunction adam = kernels.get("adam");
    OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    for (int layerPass = 0; layerPass < 2 * 3; layerPass++) {
        for (int i = 0; i < 2; i++) OK(launchOn(stream, row, 32, 128, 0, y.address, x.address, rowCount));
        product(192, 128, 64);
        OK(launchOn(stream, attention, 8, 64, 64 * 32 * 4, y.address, x.address, 64));
        product(64, 128, 64);
        product(256, 128, 64);
        OK(launchOn(stream, gelu, 128, 256, 0, y.address, x.address, rowCount * 256));
        product(64, 128, 256);
    }
    OK(launchOn(stream, adam, (parameters + 255) / 256, 256, 0, w.address, m.address, v.address, g.address,
                parameters));
    OK(cuStreamEndCapture(stream, &graph));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    double start = processorSeconds();
    for (int i = 0; i < 5; i++) {
        OK(cuGraphLaunch(exec, stream));
        OK(cuStreamSynchronize(stream));
    }
    std::printf("  a step of a small GPT: %.1f ms\n", (processorSeconds() - start) * 200);
    OK(cublasDestroy_v2(handle));
}
