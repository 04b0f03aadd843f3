// The language of kernels: indices, shared memory, barriers, collectives, atomics, conversions, matrix fragments.
#include <cmath>
#include "harness.h"

namespace {

const char* const orders[] = { "forward", "reverse", "random", "interleaved" };

}

TEST(VectorAdd_AllOrders) {
    Kernels kernels(R"(
        typedef unsigned long long uint64_t;
        #define BLOCK 128
        extern "C" __global__ void __launch_bounds__(BLOCK) add(float* __restrict__ z, const float* __restrict__ x,
                                                                const float* __restrict__ y, int n, float scale) {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) z[i] = fmaf(__ldg(x + i), scale, y[i]);
        })");
    const size_t n = 1000;
    auto x = numbers(n, 1), y = numbers(n, 2);
    for (const char* order : orders) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<float> dx(x), dy(y), dz(n);
        OK(launch(kernels.get("add"), 8, 128, dz.address, dx.address, dy.address, int(n), 2.0f));
        auto z = dz.get();
        for (size_t i = 0; i < n; i++) NEAR(std::fma(x[i], 2.0f, y[i]), z[i], 0);
    }
    EQUAL(4, mcsimKernelCount("add"));
}

TEST(BlockReduction_SharedMemory_AllOrders) {
    Kernels kernels(R"(
        template<int N> __device__ float blockSum(float v) {
            __shared__ float partial[N / 32];
            for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
            if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
            __syncthreads();
            v = threadIdx.x < N / 32 ? partial[threadIdx.x] : 0.0f;
            if (threadIdx.x < 32) for (int o = 16; o; o >>= 1) v += __shfl_down_sync(0xffffffffu, v, o);
            return v;
        }
        extern __shared__ __align__(16) float row[];
        extern "C" __global__ void sums(float* out, const float* in) {
            row[threadIdx.x] = in[blockIdx.x * 256 + threadIdx.x];
            __syncthreads();
            float v = blockSum<256>(row[255 - threadIdx.x]);
            if (threadIdx.x == 0) out[blockIdx.x] = v;
        }
        extern "C" __global__ void transpose(float* out, const float* in) {
            __shared__ float tile[32][33], other[4];
            extern __shared__ float dynamicRow[];
            other[0] = 1;
            tile[threadIdx.y][threadIdx.x] = in[threadIdx.y * 32 + threadIdx.x];
            dynamicRow[threadIdx.x] = 2;
            __syncthreads();
            out[threadIdx.y * 32 + threadIdx.x] = tile[threadIdx.x][threadIdx.y] * dynamicRow[threadIdx.y] * other[0];
        })");
    auto in = numbers(1024, 3);
    for (const char* order : orders) {
        Modes modes{ { { "MCSIM_ORDER", order }, { "MCSIM_SEED", "7" } } };
        Buffer<float> input(in), output(4), turned(1024);
        OK(launchOn(nullptr, kernels.get("sums"), 4, 256, 1024, output.address, input.address));
        void* arguments[] = { &turned.address, &input.address };
        OK(cuLaunchKernel(kernels.get("transpose"), 1, 1, 1, 32, 32, 1, 128, nullptr, arguments, nullptr));
        OK(cuCtxSynchronize());
        auto sums = output.get(), t = turned.get();
        for (int b = 0; b < 4; b++) {
            double expected = 0;
            for (int i = 0; i < 256; i++) expected += in[b * 256 + i];
            NEAR(expected, sums[b], 1e-4);
        }
        for (int i = 0; i < 1024; i++) NEAR(2 * in[i % 32 * 32 + i / 32], t[i], 0);
    }
    int bytes = 0;
    OK(cuFuncGetAttribute(&bytes, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, kernels.get("transpose")));
    CHECK(bytes >= 32 * 33 * 4 + 16);
}

TEST(WarpCollectives) {
    Kernels kernels(R"(
        extern "C" __global__ void collectives(unsigned* out) {
            unsigned lane = threadIdx.x, half = lane < 16 ? 0x0000ffffu : 0xffff0000u;
            unsigned* mine = out + lane * 16;
            mine[0] = __shfl_sync(~0u, lane, 5);
            mine[1] = __shfl_up_sync(~0u, lane, 2);
            mine[2] = __shfl_down_sync(~0u, lane, 3, 8);
            mine[3] = __shfl_xor_sync(half, lane, 1);
            mine[4] = __ballot_sync(half, lane % 3 == 0);
            mine[5] = __any_sync(~0u, lane == 31) + 2 * __all_sync(~0u, lane < 31) + 4 * __all_sync(~0u, lane < 32);
            mine[6] = __match_any_sync(~0u, lane % 4);
            mine[7] = __reduce_add_sync(~0u, lane);
            mine[8] = (unsigned)__reduce_max_sync(~0u, -(int)lane);
            __syncwarp();
            if (lane >= 20) return;
            mine[9] = __ballot_sync(~0u, 1);
            mine[10] = __activemask();
            unsigned long long wide = __shfl_sync(0xfffffu, (unsigned long long)lane << 40, 19);
            mine[11] = (unsigned)(wide >> 40);
            mine[12] = __popc(0xf0f0u) + __clz(1) + __ffs(8) + __byte_perm(0x03020100u, 0x07060504u, 0x7531u) % 7;
        }
        extern "C" __global__ void counts(int* out) {
            int c = __syncthreads_count(threadIdx.x % 2), o = __syncthreads_or(threadIdx.x == 3);
            int a = __syncthreads_and(threadIdx.x != 3);
            out[threadIdx.x] = c * 100 + o * 10 + a;
            if (threadIdx.x < 32) simt_barrier_sync(1, 32);
        })");
    for (const char* order : orders) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<uint32_t> out(32 * 16);
        Buffer<int> counts(64);
        OK(launch(kernels.get("collectives"), 1, 32, out.address));
        OK(launch(kernels.get("counts"), 1, 64, counts.address));
        auto v = out.get();
        for (uint32_t lane = 0; lane < 32; lane++) {
            const uint32_t* mine = &v[lane * 16];
            EQUAL(5, mine[0]);
            EQUAL(lane < 2 ? lane : lane - 2, mine[1]);
            EQUAL(lane % 8 + 3 < 8 ? lane + 3 : lane, mine[2]);
            EQUAL(lane ^ 1, mine[3]);
            EQUAL(lane < 16 ? 0x9249u : 0x4924u << 16 | 0u, mine[4] & (lane < 16 ? 0xffffu : 0xffff0000u));
            EQUAL(1 + 4, mine[5]);
            EQUAL(0x11111111u << lane % 4, mine[6]);
            EQUAL(496, mine[7]);
            EQUAL(0, mine[8]);
            if (lane >= 20) continue;
            EQUAL(0xfffff, mine[9] & 0xfffffu);
            EQUAL(19, mine[11]);
        }
        for (int c : counts.get()) EQUAL(3210, c);
    }
}

TEST(Atomics_LastBlockPattern) {
    Kernels kernels(R"(
        __device__ unsigned counter;
        extern "C" __global__ void total(float* partial, float* out, int* bits, unsigned long long* wide) {
            __shared__ bool last;
            if (threadIdx.x == 0) {
                partial[blockIdx.x] = (float)blockIdx.x;
                __threadfence();
                last = atomicAdd(&counter, 1u) == gridDim.x - 1;
            }
            atomicMax(bits, (int)(blockIdx.x * 64 + threadIdx.x));
            atomicAdd(wide, 1ull);
            atomicCAS(bits + 1, -1, 17);
            __syncthreads();
            if (last && threadIdx.x == 0) {
                float sum = 0;
                for (unsigned i = 0; i < gridDim.x; i++) sum += partial[i];
                atomicExch(out, sum);
                counter = 0;
            }
        })");
    for (const char* order : orders) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<float> partial(9), out(1);
        Buffer<int> bits(std::vector<int>{ -1, -1 });
        Buffer<uint64_t> wide(std::vector<uint64_t>{ 0 });
        OK(launch(kernels.get("total"), 9, 64, partial.address, out.address, bits.address, wide.address));
        EQUAL(36, out.get()[0]);
        EQUAL(8 * 64 + 63, bits.get()[0]);
        EQUAL(17, bits.get()[1]);
        EQUAL(9 * 64, wide.get()[0]);
    }
    CUdeviceptr counter = 0;
    size_t bytes = 0;
    OK(cuModuleGetGlobal_v2(&counter, &bytes, kernels.module, "counter"));
    EQUAL(4, bytes);
    OK(cuMemsetD32Async(counter, 5, 1, nullptr));
    int value = 0;
    OK(cuMemcpyDtoH_v2(&value, counter, 4));
    EQUAL(5, value);
    EQUAL(CUDA_ERROR_NOT_FOUND, cuModuleGetGlobal_v2(&counter, &bytes, kernels.module, "missing"));
}

TEST(Conversions) {
    Kernels kernels(R"(
        extern "C" __global__ void convert(float* out, const float* in) {
            float x = in[threadIdx.x];
            out += threadIdx.x * 8;
            out[0] = simt_float_from_bf16(simt_bf16_from_float(x));
            out[1] = simt_float_from_f16(simt_f16_from_float(x));
            out[2] = simt_float_from_e4m3(simt_e4m3_from_float(x));
            out[3] = simt_float_from_e5m2(simt_e5m2_from_float(x));
            out[4] = simt_tf32_from_float(x);
            out[5] = __uint_as_float(__float_as_uint(x));
            out[6] = simt_ex2(__fdividef(x, 2.0f)) + rsqrtf(4.0f) + __expf(0.0f);
            out[7] = (float)(simt_bf16x2_from_floats(1.0f, 2.0f) == 0x40003f80u);
        })");
    std::vector<float> in = { 1.0f, 0.3f, 500.0f, -0.001f, 65520.0f, 1e-7f, 1.00390625f, 0.0f };
    Buffer<float> input(in), output(64);
    OK(launch(kernels.get("convert"), 1, 8, output.address, input.address));
    auto out = output.get();
    auto at = [&](int value, int format) { return double(out[size_t(value * 8 + format)]); };
    NEAR(0.30078125, at(1, 0), 0);
    NEAR(0.300048828125, at(1, 1), 0);
    NEAR(0.3125, at(1, 2), 0);
    NEAR(0.3125, at(1, 3), 0);
    NEAR(448, at(2, 2), 0);
    NEAR(512, at(2, 3), 0);
    NEAR(-0.00100040435791015625, at(3, 1), 1e-9);
    NEAR(-0.001953125, at(3, 2), 0);
    CHECK(std::isinf(at(4, 1)));
    NEAR(57344, at(4, 3), 0);
    NEAR(1.1920929e-07, at(5, 1), 1e-12);
    NEAR(1.0, at(6, 0), 0);
    NEAR(1.00390625, at(6, 4), 0);
    NEAR(std::exp2(0.15f) + 1.5, at(1, 6), 1e-6);
    NEAR(1, at(0, 7), 0);
}

TEST(TensorTile_Gemm_AllOrders) {
    Kernels kernels(R"(
        typedef unsigned short u16; typedef unsigned u32;
        // C[64, 64] += A[64, K] B[64, K]^T in bf16, two stages of cp.async, four warps of 32 x 32.
        extern "C" __global__ void __launch_bounds__(128) gemm(const u16* A, const u16* B, float* C, int N, int K) {
            __shared__ __align__(128) u16 sA[2][64][40], sB[2][64][40];
            int t = threadIdx.x, lane = t & 31, warp = t >> 5, wm = (warp & 1) * 32, wn = (warp >> 1) * 32;
            A += (size_t)blockIdx.y * 64 * K; B += (size_t)blockIdx.x * 64 * K;
            float acc[2][4][4] = {};
            auto load = [&](int k, int stage) {
                for (int i = 0; i < 2; i++) {
                    int index = t + i * 128, row = index >> 2, column = (index & 3) * 8;
                    simt_cp_async16(&sA[stage][row][column], A + (size_t)row * K + k + column);
                    simt_cp_async16(&sB[stage][row][column], B + (size_t)row * K + k + column);
                }
                simt_cp_async_commit();
            };
            load(0, 0);
            for (int k = 0, stage = 0; k < K; k += 32, stage ^= 1) {
                if (k + 32 < K) { load(k + 32, stage ^ 1); simt_cp_async_wait(1); } else simt_cp_async_wait(0);
                __syncthreads();
                #pragma unroll
                for (int kk = 0; kk < 32; kk += 16) {
                    u32 a[2][4], b[2][4];
                    for (int i = 0; i < 2; i++)
                        simt_ldmatrix_x4(a[i], &sA[stage][wm + i * 16 + (lane & 15)][kk + (lane >> 4) * 8]);
                    for (int j = 0; j < 2; j++)
                        simt_ldmatrix_x4(b[j], &sB[stage][wn + j * 16 + (lane & 7) + ((lane >> 4) & 1) * 8]
                                                  [kk + ((lane >> 3) & 1) * 8]);
                    for (int i = 0; i < 2; i++)
                        for (int j = 0; j < 4; j++) {
                            u32 pair[2] = { b[j >> 1][(j & 1) * 2], b[j >> 1][(j & 1) * 2 + 1] };
                            simt_mma_m16n8k16_bf16(acc[i][j], a[i], pair);
                        }
                }
                __syncthreads();
            }
            for (int i = 0; i < 2; i++) for (int j = 0; j < 4; j++) for (int r = 0; r < 4; r++) {
                int row = blockIdx.y * 64 + wm + i * 16 + (lane >> 2) + (r >> 1) * 8;
                int column = blockIdx.x * 64 + wn + j * 8 + (lane & 3) * 2 + (r & 1);
                C[(size_t)row * N + column] = acc[i][j][r];
            }
        })");
    const int m = 128, n = 128, k = 128;
    auto a = toBf16(numbers(m * k, 1)), b = toBf16(numbers(n * k, 2));
    for (const char* order : orders) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<uint16_t> da(a), db(b);
        Buffer<float> dc(m * n);
        CUfunction gemm = kernels.get("gemm");
        int N = n, K = k;
        void* arguments[] = { &da.address, &db.address, &dc.address, &N, &K };
        double start = processorSeconds();
        OK(cuLaunchKernel(gemm, n / 64, m / 64, 1, 128, 1, 1, 0, nullptr, arguments, nullptr));
        OK(cuCtxSynchronize());
        if (order == orders[0]) std::printf("  tensor tile %d^3: %.1f ms\n", m, (processorSeconds() - start) * 1e3);
        auto c = dc.get();
        double worst = 0;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) sum += double(fromBf16(a[i * k + l])) * fromBf16(b[j * k + l]);
                worst = std::fmax(worst, std::fabs(sum - c[i * n + j]));
            }
        CHECK(worst < 1e-4);
    }
}

TEST(MatrixFragments_AllShapes) {
    Kernels kernels(R"(
        typedef unsigned u32;
        extern "C" __global__ void shapes(float* f16, float* tf32, int* s8, float* fp8, u32* moved) {
            int lane = threadIdx.x, g = lane >> 2, t = lane & 3;
            u32 one = simt_f16x2_from_floats(1.0f, 1.0f), a[4] = { one, one, one, one }, b[2] = { one, one };
            float d[4] = { 0, 0, 0, 1 };
            simt_mma_m16n8k16_f16(d, a, b);
            for (int i = 0; i < 4; i++) f16[lane * 4 + i] = d[i];
            // A[row][k] = row, B[k][column] = k: the sum over k of row * k = 28 * row.
            u32 at[4] = { __float_as_uint(g), __float_as_uint(g + 8), __float_as_uint(g), __float_as_uint(g + 8) };
            u32 bt[2] = { __float_as_uint(t), __float_as_uint(t + 4) };
            float e[4] = {};
            simt_mma_m16n8k8_tf32(e, at, bt);
            for (int i = 0; i < 4; i++) tf32[lane * 4 + i] = e[i];
            u32 bytes[4] = { 0x02020202u, 0xffffffffu, 0x02020202u, 0xffffffffu };
            u32 ones[2] = { 0x01010101u, 0x01010101u };
            int sum[4] = {};
            simt_mma_m16n8k32_s8(sum, bytes, ones);
            for (int i = 0; i < 4; i++) s8[lane * 4 + i] = sum[i];
            u32 e4 = simt_e4m3x2_from_floats(2.0f, 2.0f) * 0x10001u, a8[4] = { e4, e4, e4, e4 }, b8[2] = { e4, e4 };
            float p[4] = {};
            simt_mma_m16n8k32_e4m3(p, a8, b8);
            for (int i = 0; i < 4; i++) fp8[lane * 4 + i] = p[i];
            __shared__ __align__(16) unsigned short matrix[8][8], back[8][8];
            matrix[g][t * 2] = g * 8 + t * 2; matrix[g][t * 2 + 1] = g * 8 + t * 2 + 1;
            __syncwarp();
            u32 r[1];
            simt_ldmatrix_x1_trans(r, &matrix[lane & 7][0]);
            simt_stmatrix_x1(&back[lane & 7][0], r);
            __syncwarp();
            moved[lane] = back[g][t * 2] | back[g][t * 2 + 1] << 16;
        })");
    Buffer<float> f16(128), tf32(128), fp8(128);
    Buffer<int> s8(128);
    Buffer<uint32_t> moved(32);
    OK(launch(kernels.get("shapes"), 1, 32, f16.address, tf32.address, s8.address, fp8.address, moved.address));
    auto h = f16.get(), t = tf32.get(), e = fp8.get();
    auto s = s8.get();
    auto w = moved.get();
    for (int lane = 0; lane < 32; lane++) {
        NEAR(16, h[lane * 4], 0);
        NEAR(17, h[lane * 4 + 3], 0);
        NEAR(28.0 * (lane / 4), t[lane * 4], 0);
        NEAR(28.0 * (lane / 4 + 8), t[lane * 4 + 2], 0);
        EQUAL(64, s[lane * 4]);
        EQUAL(-32, s[lane * 4 + 2]);
        NEAR(128, e[lane * 4], 0);
        unsigned row = unsigned(lane / 4), column = unsigned(lane % 4) * 2;
        EQUAL((column * 8 + row) | ((column + 1) * 8 + row) << 16, w[lane]);
    }
}

TEST(Cooperative_GridBarrier) {
    Kernels kernels(R"(
        __device__ unsigned arrived;
        extern "C" __global__ void phases(int* data, int n) {
            __shared__ int mine;
            if (threadIdx.x == 0) mine = blockIdx.x;
            data[blockIdx.x * blockDim.x + threadIdx.x] = 1;
            simt_grid_sync();
            int sum = 0;
            for (int i = 0; i < n; i++) sum += data[i];
            simt_grid_sync();
            data[blockIdx.x * blockDim.x + threadIdx.x] = sum * 100 + mine;
        }
        // A barrier of the grid made of atomics, as kernels without headers write it.
        extern "C" __global__ void spin(int* data) {
            if (threadIdx.x == 0) {
                atomicAdd(&arrived, 1u);
                while (atomicAdd(&arrived, 0u) < gridDim.x) __nanosleep(20);
            }
            __syncthreads();
            data[blockIdx.x * blockDim.x + threadIdx.x] = (int)arrived;
        })");
    Buffer<int> data(4 * 32);
    int n = 128;
    void* arguments[] = { &data.address, &n };
    OK(cuLaunchCooperativeKernel(kernels.get("phases"), 4, 1, 1, 32, 1, 1, 0, nullptr, arguments));
    OK(cuCtxSynchronize());
    auto values = data.get();
    for (int i = 0; i < 128; i++) EQUAL(12800 + i / 32, values[i]);
    OK(cuLaunchCooperativeKernel(kernels.get("spin"), 4, 1, 1, 32, 1, 1, 0, nullptr, arguments));
    OK(cuCtxSynchronize());
    for (int value : data.get()) EQUAL(4, value);
    EQUAL(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
          cuLaunchCooperativeKernel(kernels.get("spin"), 100000, 1, 1, 1024, 1, 1, 0, nullptr, arguments));
    CUlaunchAttribute attributes[2] = {};
    attributes[0].id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
    attributes[0].value.words[0] = 1;
    attributes[1].id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
    attributes[1].value.words[0] = 1;
    CUlaunchConfig config{ 4, 1, 1, 32, 1, 1, 0, nullptr, attributes, 2 };
    OK(cuLaunchKernelEx(&config, kernels.get("phases"), arguments, nullptr));
    OK(cuCtxSynchronize());
    attributes[0].id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    attributes[0].value.words[0] = 3;
    attributes[0].value.words[1] = attributes[0].value.words[2] = 1;
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuLaunchKernelEx(&config, kernels.get("phases"), arguments, nullptr));
}
