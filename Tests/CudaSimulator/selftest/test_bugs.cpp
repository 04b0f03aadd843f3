// Planted bugs: each must be caught, as an error code and a report that names kernel and thread, or as a wrong result.
#include <cmath>
#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>
#include "harness.h"

namespace {

const char* const bugs = R"(
    extern "C" __global__ void noBarrier(float* out, const float* in) {
        __shared__ float s[64];
        s[threadIdx.x] = in[threadIdx.x];
    #ifndef BUG
        __syncthreads();
    #endif
        out[threadIdx.x] = s[63 - threadIdx.x];
    }
    extern "C" __global__ void wrongMask(int* out, int kind) {
        int lane = threadIdx.x, v = 0;
        if (kind == 0 && lane < 16) v = __shfl_sync(0xffff0000u, lane, 0);
        if (kind == 1 && lane < 16) v = __shfl_sync(0xffffffffu, lane, 0);
        if (kind == 2 && lane < 16) v = __shfl_sync(0x0000ffffu, lane, 20);
        if (kind == 3) v = lane < 16 ? __shfl_sync(0xffffffffu, lane, 0) : (int)__ballot_sync(0xffffffffu, 1);
        if (kind == 4) { if (lane > 7) return; v = __shfl_xor_sync(0xffffffffu, lane, 8); }
        out[lane] = v;
    }
    extern "C" __global__ void bounds(float* out, const float* in, int writeAt, int readAt) {
        if (threadIdx.x == 5) out[writeAt] = in[readAt];
    }
    extern "C" __global__ void sharedBounds(float* out, int at) {
        __shared__ float s[8];
        s[at] = 1;
        __syncthreads();
        out[0] = s[0];
    }
    extern "C" __global__ void uninitialised(float* out, const float* in) {
        __shared__ float s[4];
        out[0] = in[0];
        out[1] = s[1];
    }
    extern "C" __global__ void divergent(int* out, int kind) {
        if (kind == 0) { if (threadIdx.x < 32) { out[0] = 1; __syncthreads(); } else { out[1] = 2;
            __syncthreads(); } }
        if (kind == 1 && threadIdx.x == 0) {
            int v = __shfl_sync(~0u, 1, 0);
            out[2] = v;
        }
        __syncthreads();
    }
    extern "C" __global__ void deadlock(int* out) {
        if (threadIdx.x == 7) __syncwarp(); else __syncthreads();
        out[threadIdx.x] = 1;
    }
    struct __align__(16) Vector { float v[4]; };
    extern "C" __global__ void misaligned(Vector* out, const float* in) { out[0] = *(const Vector*)(in + 1); }
    extern "C" __global__ void dividesByZero(int* out, int n) { out[0] = 7 / n; }
    extern "C" __global__ void asserts(int* out, int n) { assert(n > 3); out[0] = n; }
    extern "C" __global__ void traps() { __trap(); }
    extern "C" __global__ void hangs(volatile int* flag) { while (*flag == 0) {} }
    extern "C" __global__ void recurses(int* out, int n) {
        struct Deep {
            static int go(int* o, int n) {
                volatile char pad[4096];
                pad[n & 4095] = 1;
                return n ? go(o, n - 1) + pad[n & 4095] : 0;
            }
        };
        out[0] = Deep::go(out, n);
    }
    extern "C" __global__ void __launch_bounds__(64) fine(int* out) { out[threadIdx.x] = (int)threadIdx.x; }
    extern "C" __global__ void copyWithoutWait(float* out, const float* in) {
        __shared__ __align__(16) float s[4];
        simt_cp_async16(s, in);
        simt_cp_async_commit();
    #ifndef BUG
        simt_cp_async_wait(0);
    #endif
        out[0] = s[0];
    })";

Kernels& planted() {
    // Compiled anew for every test, whose end drops all modules; never destroyed for that reason.
    return *(new Kernels(std::string("#define BUG\n") + bugs));
}

/// Runs a kernel that must fail: the wait gives the code, so does every later call, and the device is usable after a
/// reset.
template<class... A> void mustFail(CUresult code, CUfunction function, unsigned block, A... arguments) {
    EQUAL(0, launchOn(nullptr, function, 1, block, 0, arguments...));
    EQUAL(code, cuCtxSynchronize());
    CUdeviceptr pointer = 0;
    EQUAL(code, cuMemAlloc_v2(&pointer, 16));
    EQUAL(code, cuStreamSynchronize(nullptr));
}

bool anyNan(const std::vector<float>& values) {
    for (float value : values)
        if (std::isnan(value)) return true;
    return false;
}

}

TEST(Bug_MissingBarrier_SweepOfOrders) {
    Kernels good(bugs);
    CUfunction bad = planted().get("noBarrier");
    bool caught = false;
    for (const char* order : { "forward", "reverse", "random", "interleaved" }) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<float> in(numbers(64, 1)), out(64);
        OK(launch(bad, 1, 64, out.address, in.address));
        caught |= anyNan(out.get());
        OK(launch(good.get("noBarrier"), 1, 64, out.address, in.address));
        CHECK(!anyNan(out.get()));
        OK(launch(planted().get("copyWithoutWait"), 1, 1, out.address, in.address));
        CHECK(anyNan(out.get()));
        bad = planted().get("noBarrier");
    }
    CHECK(caught);
}

TEST(Bug_WrongShuffleMask) {
    for (const char* order : { "forward", "reverse", "random", "interleaved" }) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        const char* const texts[] = { "is not in its mask", "deadlock", "reads lane 20, which", "different collectives",
                                      "has exited or never was" };
        const CUresult codes[] = { CUDA_ERROR_LAUNCH_FAILED, CUDA_ERROR_LAUNCH_TIMEOUT, CUDA_ERROR_LAUNCH_FAILED,
                                   CUDA_ERROR_LAUNCH_FAILED, CUDA_ERROR_LAUNCH_FAILED };
        for (int kind = 0; kind < 5; kind++) {
            Buffer<int> out(32);
            // Lanes 16 to 31 exit, so a full mask is met by the others alone: kind 1 is legal once they are gone.
            if (kind == 1) {
                OK(launch(planted().get("wrongMask"), 1, 32, out.address, kind));
                continue;
            }
            mustFail(codes[kind], planted().get("wrongMask"), 32, out.address, kind);
            check(reportHolds(texts[kind]), texts[kind], __FILE__, __LINE__);
        }
    }
}

TEST(Bug_OutOfBounds) {
    Buffer<float> out(100), in(numbers(100, 1));
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("bounds"), 32, out.address, in.address, 100, 0);
    std::string report = mcsimReport();
    CHECK(report.find("kernel bounds") != std::string::npos && report.find("thread (5,0,0)") != std::string::npos);
    CHECK(report.find("0 bytes past the end of allocation") != std::string::npos);
    CAUGHT("illegal write");
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("bounds"), 32, out.address, in.address, 0, 100);
    CAUGHT("illegal read");
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("bounds"), 32, out.address, in.address, -1200, 0);
    CAUGHT("bytes below allocation");
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("sharedBounds"), 1, out.address, 8);
    CAUGHT("outside the bounds");
    OK(launch(planted().get("fine"), 1, 64, out.address));
    OK(launch(planted().get("bounds"), 1, 32, out.address, in.address, 3, 0));
}

TEST(Bug_WriteBelowAllocation_FoundWhenFreed) {
    CUdeviceptr small = 0;
    OK(cuMemAlloc_v2(&small, 64));
    OK(launch(planted().get("bounds"), 1, 32, small, small, -3, 0));
    EQUAL(0, mcsimFindingCount());
    OK(cuMemsetD8Async(small, 0, 64, nullptr));
    OK(launch(planted().get("bounds"), 1, 32, small, small, -3, 0));
    OK(cuMemFree_v2(small));
    CAUGHT("memory below");
}

TEST(Bug_UninitialisedRead) {
    Buffer<float> out(2), in(4);
    OK(launch(planted().get("uninitialised"), 1, 1, out.address, in.address));
    auto values = out.get();
    CHECK(std::isnan(values[0]) && std::isnan(values[1]));
}

TEST(Bug_DivergentSyncthreads) {
    for (const char* order : { "forward", "reverse", "random", "interleaved" }) {
        Modes modes{ { { "MCSIM_ORDER", order } } };
        Buffer<int> out(64);
        mustFail(CUDA_ERROR_LAUNCH_FAILED, planted().get("divergent"), 64, out.address, 0);
        CAUGHT("divergent __syncthreads");
        mustFail(CUDA_ERROR_LAUNCH_TIMEOUT, planted().get("divergent"), 64, out.address, 1);
        CAUGHT("waits at __shfl_sync, kernels.cu");
    }
}

TEST(Bug_Deadlock) {
    Buffer<int> out(64);
    mustFail(CUDA_ERROR_LAUNCH_TIMEOUT, planted().get("deadlock"), 64, out.address);
    std::string report = mcsimReport();
    CHECK(report.find("kernel deadlock: deadlock") != std::string::npos);
    CHECK(report.find("waits at __syncwarp, kernels.cu") != std::string::npos);
    CAUGHT("waits at __syncthreads, kernels.cu");
}

TEST(Bug_UseAfterFree) {
    CUdeviceptr freed = 0;
    Buffer<float> out(4);
    OK(cuMemAlloc_v2(&freed, 64));
    OK(cuMemFree_v2(freed));
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("bounds"), 32, out.address, freed, 0, 0);
    CAUGHT("which was freed");
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(freed));
    CAUGHT("no allocation's start");
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(out.address + 4));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoDAsync_v2(out.address, freed, 4, nullptr));
    CUstream stream = newStream(), other = newStream();
    CUdeviceptr later = 0;
    OK(cuMemAllocAsync(&later, 64, stream));
    OK(launchOn(other, planted().get("bounds"), 1, 32, 0, later, out.address, 0, 0));
    EQUAL(CUDA_ERROR_ILLEGAL_ADDRESS, cuStreamSynchronize(other));
    CAUGHT("not yet allocated");
}

TEST(Bug_MisalignedVector) {
    Buffer<float> out(4), in(8);
    mustFail(CUDA_ERROR_MISALIGNED_ADDRESS, planted().get("misaligned"), 1, out.address, in.address);
    CAUGHT("misaligned access");
}

TEST(Bug_OtherFaults) {
    Buffer<int> out(4);
    mustFail(CUDA_ERROR_LAUNCH_FAILED, planted().get("dividesByZero"), 1, out.address, 0);
    CAUGHT("division by zero");
    mustFail(CUDA_ERROR_ASSERT, planted().get("asserts"), 1, out.address, 3);
    CAUGHT("assertion failed: n > 3");
    mustFail(CUDA_ERROR_LAUNCH_FAILED, planted().get("traps"), 1);
    CAUGHT("__trap");
    mustFail(CUDA_ERROR_ILLEGAL_ADDRESS, planted().get("recurses"), 1, out.address, 1000);
    CAUGHT("kernel recurses");
    Modes modes{ { { "MCSIM_TIMEOUT", "0.2" } } };
    out.set({ 0, 0, 0, 0 });
    mustFail(CUDA_ERROR_LAUNCH_TIMEOUT, planted().get("hangs"), 1, out.address);
    CAUGHT("still running");
}

TEST(Bug_MissingStreamSynchronisation) {
    for (const char* mode : { "deferred", "random" }) {
        Modes modes{ { { "MCSIM_STREAMS", mode } } };
        int wrong = 0;
        for (int attempt = 0; attempt < 16; attempt++) {
            Buffer<float> in(16), out(16);
            CUstream copies = newStream(), work = newStream();
            auto values = numbers(16, unsigned(attempt) + 1);
            std::vector<float> result(16, -7.0f);
            OK(cuMemcpyHtoDAsync_v2(in.address, values.data(), 64, copies));
            OK(launchOn(work, planted().get("bounds"), 1, 32, 0, out.address, in.address, 0, 0));
            OK(cuMemcpyDtoHAsync_v2(result.data(), out.address, 4, work));
            bool early = result[0] == values[0];
            OK(cuStreamSynchronize(work));
            wrong += !early && result[0] != values[0];
            OK(cuCtxSynchronize());
            OK(cuStreamDestroy_v2(copies));
            OK(cuStreamDestroy_v2(work));
        }
        CHECK(wrong > 0);
    }
    // The same with the event that was missing.
    for (const char* mode : { "deferred", "random", "immediate" }) {
        Modes modes{ { { "MCSIM_STREAMS", mode } } };
        Buffer<float> in(16), out(16);
        CUstream copies = newStream(), work = newStream();
        CUevent copied = nullptr;
        OK(cuEventCreate(&copied, CU_EVENT_DISABLE_TIMING));
        auto values = numbers(16, 5);
        float result = -7;
        OK(cuMemcpyHtoDAsync_v2(in.address, values.data(), 64, copies));
        OK(cuEventRecord(copied, copies));
        OK(cuStreamWaitEvent(work, copied, 0));
        OK(launchOn(work, planted().get("bounds"), 1, 32, 0, out.address, in.address, 0, 0));
        OK(cuMemcpyDtoHAsync_v2(&result, out.address, 4, work));
        if (!std::strcmp(mode, "deferred")) NEAR(-7, result, 0);
        OK(cuStreamSynchronize(work));
        NEAR(values[0], result, 0);
        OK(cuEventDestroy_v2(copied));
    }
}

TEST(Bug_HostBufferReusedTooEarly) {
    Buffer<float> in(4);
    CUstream stream = newStream();
    float values[4] = { 1, 2, 3, 4 };
    OK(cuMemcpyHtoDAsync_v2(in.address, values, 16, stream));
    values[0] = 9;
    OK(cuStreamSynchronize(stream));
    NEAR(9, in.get()[0], 0);
    Modes modes{ { { "MCSIM_PAGEABLE", "staged" } } };
    OK(cuMemcpyHtoDAsync_v2(in.address, values, 16, stream));
    values[0] = 11;
    OK(cuStreamSynchronize(stream));
    NEAR(9, in.get()[0], 0);
    void* pinned = nullptr;
    OK(cuMemHostAlloc(&pinned, 16, 0));
    OK(cuMemcpyHtoDAsync_v2(in.address, pinned, 16, stream));
    OK(cuMemFreeHost(pinned));
    CAUGHT("still queued");
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemFreeHost(pinned));
}

TEST(Bug_HostDereferencesDevicePointer) {
    Buffer<int> memory(std::vector<int>{ 42 });
    pid_t child = fork();
    if (child == 0) {
        volatile int value = *memory.pointer();
        _exit(value - value);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status != 0);
    Modes modes{ { { "MCSIM_LOCK", "0" } } };
    Buffer<int> open(std::vector<int>{ 43 });
    EQUAL(43, *open.pointer());
}

TEST(Limits) {
    CUfunction fine = planted().get("fine");
    Buffer<int> out(64);
    void* arguments[] = { &out.address };
    auto launchAs = [&](unsigned gx, unsigned gy, unsigned gz, unsigned block, unsigned shared) {
        return cuLaunchKernel(fine, gx, gy, gz, block, 1, 1, shared, nullptr, arguments, nullptr);
    };
    EQUAL(CUDA_ERROR_INVALID_VALUE, launchAs(1, 1, 1, 65, 0));
    EQUAL(CUDA_ERROR_INVALID_VALUE, launchAs(1, 1, 1, 0, 0));
    EQUAL(CUDA_ERROR_INVALID_VALUE, launchAs(1, 65536, 1, 64, 0));
    EQUAL(CUDA_ERROR_INVALID_VALUE, launchAs(1, 1, 65536, 64, 0));
    EQUAL(CUDA_ERROR_INVALID_VALUE, launchAs(1, 1, 1, 64, 49153));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuFuncSetAttribute(fine, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232449));
    OK(cuFuncSetAttribute(fine, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232448));
    OK(launchAs(1, 1, 1, 64, 232448));
    OK(cuCtxSynchronize());
    EQUAL(CUDA_ERROR_INVALID_VALUE,
          cuLaunchKernel(planted().get("traps"), 1, 1, 1, 1025, 1, 1, 0, nullptr, nullptr, nullptr));
}
