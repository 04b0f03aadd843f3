// MCSIM_CHECK: what it finds at once and in any order, and that it finds nothing in correct kernels.
#include "harness.h"

namespace {

const char* const source = R"(
    extern "C" __global__ void race(float* out, const float* in) {
        __shared__ float s[64];
        s[threadIdx.x] = in[threadIdx.x];
    #ifndef BUG
        __syncthreads();
    #endif
        out[threadIdx.x] = s[threadIdx.x ^ 33];
    }
    extern "C" __global__ void overwritten(float* out, const float* in) {
        __shared__ float s[64];
        for (int i = 0; i < 2; i++) {
            s[threadIdx.x] = in[threadIdx.x] + i;
            __syncthreads();
            out[threadIdx.x] = s[63 - threadIdx.x];
        #ifndef BUG
            __syncthreads();
        #endif
        }
    }
    extern "C" __global__ void warpRace(float* out, const float* in) {
        __shared__ float s[32];
        s[threadIdx.x] = in[threadIdx.x];
    #ifdef BUG
        __shfl_xor_sync(~0u, 1, 1);
    #else
        __syncwarp();
    #endif
        out[threadIdx.x] = s[31 - threadIdx.x];
    }
    extern "C" __global__ void unwritten(float* out, const float* in) { out[threadIdx.x] = in[threadIdx.x]; }
    extern "C" __global__ void unwrittenShared(float* out) {
        __shared__ float s[4];
        if (threadIdx.x < 3) s[threadIdx.x] = 1;
        __syncthreads();
        out[threadIdx.x] = s[3 - (threadIdx.x & 1)];
    }
    extern "C" __global__ void pastTheEnd(unsigned char* out) { out[threadIdx.x] = 1; }
    extern "C" __global__ void counts(int* out) {
        __shared__ int n;
        extern __shared__ int dynamicValues[];
        if (threadIdx.x == 0) n = 0;
        dynamicValues[threadIdx.x] = 1;
        __syncthreads();
        atomicAdd(&n, dynamicValues[threadIdx.x ^ 1]);
        __syncthreads();
        if (threadIdx.x == 0) out[0] = n;
    })";

template<class... A> CUresult run(const Kernels& kernels, const char* name, unsigned block, A... arguments) {
    CUresult code = launchOn(nullptr, kernels.get(name), 1, block, 256, arguments...);
    return code ? code : cuCtxSynchronize();
}

}

TEST(Checker_FindsInEveryOrder) {
    for (const char* order : { "forward", "reverse", "random", "interleaved" }) {
        Modes modes{ { { "MCSIM_CHECK", "1" }, { "MCSIM_ORDER", order } } };
        Kernels good(source), bad(std::string("#define BUG\n") + source);
        Buffer<float> in(numbers(64, 1)), out(64), empty(64);
        Buffer<uint8_t> bytes(13);
        Buffer<int> total(1);
        OK(run(good, "race", 64, out.address, in.address));
        OK(run(good, "overwritten", 64, out.address, in.address));
        OK(run(good, "warpRace", 32, out.address, in.address));
        OK(run(good, "unwritten", 64, out.address, in.address));
        OK(run(good, "pastTheEnd", 13, bytes.address));
        OK(run(good, "counts", 64, total.address));
        EQUAL(64, total.get()[0]);
        EQUAL(0, mcsimFindingCount());
        EQUAL(CUDA_ERROR_LAUNCH_FAILED, run(bad, "overwritten", 64, out.address, in.address));
        CAUGHT("race");
        EQUAL(CUDA_ERROR_LAUNCH_FAILED, run(good, "unwritten", 64, out.address, empty.address));
        CAUGHT("memory that nobody wrote: byte");
        EQUAL(CUDA_ERROR_LAUNCH_FAILED, run(good, "unwrittenShared", 4, out.address));
        CAUGHT("shared memory that nobody wrote");
        EQUAL(CUDA_ERROR_ILLEGAL_ADDRESS, run(good, "pastTheEnd", 14, bytes.address));
        CAUGHT("past the end");
        // Whether the reader or the writer comes first, one of the two findings is made.
        EQUAL(CUDA_ERROR_LAUNCH_FAILED, run(bad, "race", 64, out.address, in.address));
        CAUGHT("kernels.cu:9");
        EQUAL(CUDA_ERROR_LAUNCH_FAILED, run(bad, "warpRace", 32, out.address, in.address));
        CAUGHT("warpRace");
    }
}

TEST(Checker_RebuildsModulesMadeWithout) {
    std::vector<char> image = compileImage(source);
    Modes modes{ { { "MCSIM_CHECK", "1" } } };
    CUmodule module = nullptr;
    OK(cuModuleLoadData(&module, image.data()));
    CUfunction f = nullptr;
    OK(cuModuleGetFunction(&f, module, "pastTheEnd"));
    Buffer<uint8_t> bytes(13);
    OK(launchOn(nullptr, f, 1, 14, 0, bytes.address));
    EQUAL(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize());
    CAUGHT("past the end");
}

TEST(Checker_ProductsReadOnlyWhatWasWritten) {
    Modes modes{ { { "MCSIM_CHECK", "1" } } };
    cublasHandle_t handle = nullptr;
    OK(cublasCreate_v2(&handle));
    Buffer<float> a(numbers(64, 1)), b(64), c(64);
    float one = 1, zero = 0;
    auto gemm = [&](const Buffer<float>& right) {
        OK(cublasGemmEx(handle, 0, 0, 8, 8, 8, &one, a.pointer(), CUDA_R_32F, 8, right.pointer(), CUDA_R_32F, 8, &zero,
                        c.pointer(), CUDA_R_32F, 8, CUBLAS_COMPUTE_32F, -1));
        return cuCtxSynchronize();
    };
    OK(gemm(a));
    OK(gemm(c));
    EQUAL(CUDA_ERROR_LAUNCH_FAILED, gemm(b));
    CAUGHT("matrix B holds elements that nobody wrote");
    OK(cublasDestroy_v2(handle));
}

TEST(KernelsInNamespacesAndLinkageBlocks) {
    Kernels kernels(R"(
        namespace first { constexpr int threads = 8;
            extern "C" __global__ void __launch_bounds__(threads) inNamespace(int* out) { out[0] = 1; } }
        extern "C" { __global__ void prototype(int*);
            __global__ void prototype(int* out) { { out[0] = 2; } } }
        __global__ void mangled(int* out) { out[0] = 3; })");
    Buffer<int> out(1);
    OK(launch(kernels.get("inNamespace"), 1, 8, out.address));
    EQUAL(1, out.get()[0]);
    OK(launch(kernels.get("prototype"), 1, 1, out.address));
    EQUAL(2, out.get()[0]);
    CUfunction function = nullptr;
    EQUAL(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&function, kernels.module, "mangled"));
}
