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
