// The driver: devices, contexts, memory, modules, the run-time compiler; what they give and what they refuse.
#include <cstring>
#include "harness.h"

namespace {

const char* const simple = R"(
    extern "C" __global__ void fillWith(int* out, int value) { out[blockIdx.x * blockDim.x + threadIdx.x] = value; })";

bool nameIs(CUresult code, const char* expected) {
    const char* name = nullptr;
    return cuGetErrorName(code, &name) == CUDA_SUCCESS && !std::strcmp(name, expected);
}

}

TEST(Devices) {
    int version = 0, count = 0, value = 0, can = -1;
    OK(cuDriverGetVersion(&version));
    EQUAL(13000, version);
    OK(cuDeviceGetCount(&count));
    EQUAL(1, count);
    CUdevice device = -1;
    OK(cuDeviceGet(&device, 0));
    EQUAL(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, 1));
    char name[64], bus[32];
    OK(cuDeviceGetName(name, 64, 0));
    CHECK(std::strstr(name, "simulator"));
    OK(cuDeviceGetPCIBusId(bus, 32, 0));
    CUuuid uuid;
    OK(cuDeviceGetUuid_v2(&uuid, 0));
    size_t total = 0, free = 0;
    OK(cuDeviceTotalMem_v2(&total, 0));
    EQUAL(4ll << 30, total);
    OK(cuMemGetInfo_v2(&free, &total));
    EQUAL(total, free);
    OK(cuDeviceGetAttribute(&value, 75, 0));
    EQUAL(9, value);
    OK(cuDeviceGetAttribute(&value, 97, 0));
    EQUAL(232448, value);
    OK(cuDeviceGetAttribute(&value, 16, 0));
    EQUAL(8, value);
    OK(cuDeviceCanAccessPeer(&can, 0, 0));
    CHECK(nameIs(CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"));
    CHECK(!nameIs(12345, ""));
    const char* text = nullptr;
    OK(cuGetErrorString(CUDA_ERROR_OUT_OF_MEMORY, &text));
    CHECK(!std::strcmp(text, "out of memory"));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuGetErrorString(12345, &text));
    Modes modes{ { { "MCSIM_DEVICES", "2" }, { "MCSIM_CC", "80" }, { "MCSIM_MULTIPROCESSORS", "132" } } };
    OK(cuDeviceGetAttribute(&value, 16, 0));
    EQUAL(132, value);
    OK(cuDeviceGetCount(&count));
    EQUAL(2, count);
    OK(cuDeviceGetAttribute(&value, 75, 1));
    EQUAL(8, value);
    EQUAL(0, mcsimConfigure("MCSIM_DEVICES", "0"));
    EQUAL(CUDA_ERROR_NO_DEVICE, cuInit(0));
    EQUAL(1, mcsimConfigure("MCSIM_NONSENSE", "1"));
    EQUAL(1, mcsimConfigure("MCSIM_ORDER", "sideways"));
}

TEST(Contexts) {
    CUcontext context = nullptr, other = nullptr;
    CUdevice device = -1;
    OK(cuCtxGetCurrent(&context));
    CHECK(context != nullptr);
    OK(cuCtxGetDevice(&device));
    EQUAL(0, device);
    OK(cuCtxSetCurrent(nullptr));
    CUstream stream = nullptr;
    EQUAL(CUDA_ERROR_INVALID_CONTEXT, cuStreamCreate(&stream, 0));
    EQUAL(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent((CUcontext)0x1234));
    OK(cuDevicePrimaryCtxRetain(&other, 0));
    CHECK(other == context);
    OK(cuCtxSetCurrent(other));
    OK(cuDevicePrimaryCtxRelease_v2(0));
    OK(cuCtxSynchronize());
}

TEST(Memory) {
    Modes modes{ { { "MCSIM_MEMORY", "1M" } } };
    CUdeviceptr first = 0, second = 0;
    size_t free = 0, total = 0;
    OK(cuMemAlloc_v2(&first, 1000));
    EQUAL(0, first % 16);
    OK(cuMemGetInfo_v2(&free, &total));
    EQUAL((1 << 20) - 1024, free);
    EQUAL(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&second, 1 << 20));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemAlloc_v2(&second, 0));
    EQUAL(1, mcsimLiveCount("allocations"));
    EQUAL(1000, mcsimLiveCount("bytes"));
    std::vector<unsigned char> bytes(1000, 1);
    OK(cuMemcpyDtoH_v2(bytes.data(), first, 1000));
    EQUAL(255, bytes[999]);
    OK(cuMemsetD8Async(first, 3, 1000, nullptr));
    OK(cuMemsetD32Async(first + 4, 0x01020304, 2, nullptr));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemsetD32Async(first + 2, 0, 1, nullptr));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemsetD8Async(first, 0, 1001, nullptr));
    OK(cuMemcpyDtoH_v2(bytes.data(), first, 1000));
    EQUAL(3, bytes[3]);
    EQUAL(4, bytes[4]);
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(first + 999, bytes.data(), 2));
    OK(cuMemFree_v2(0));
    OK(cuMemFree_v2(first));
    CUmemoryPool pool = nullptr;
    OK(cuDeviceGetDefaultMemPool(&pool, 0));
    unsigned long long threshold = ~0ull, used = 1;
    OK(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold));
    OK(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used));
    EQUAL(0, used);
    OK(cuMemPoolTrimTo(pool, 0));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuMemPoolTrimTo((CUmemoryPool)4, 0));
    CUstream stream = newStream();
    OK(cuMemAllocAsync(&first, 600000, stream));
    OK(cuMemFreeAsync(first, stream));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuMemFreeAsync(first, stream));
    OK(cuMemAllocAsync(&second, 600000, stream));
    CHECK(first != second);
    OK(cuMemFreeAsync(second, stream));
    OK(cuStreamSynchronize(stream));
    EQUAL(0, mcsimLiveCount("allocations"));
    mcsimReset();
    EQUAL(0, mcsimConfigure("MCSIM_ALIGN", "256"));
    OK(cuMemAlloc_v2(&first, 100));
    EQUAL(0, first % 256);
    OK(cuMemFree_v2(first));
}

TEST(NvrtcProgramsAndImages) {
    int major = 0, minor = -1, count = 0;
    OK(nvrtcVersion(&major, &minor));
    EQUAL(13, major);
    OK(nvrtcGetNumSupportedArchs(&count));
    std::vector<int> archs(static_cast<size_t>(count));
    OK(nvrtcGetSupportedArchs(archs.data()));
    CHECK(archs[0] == 75);
    nvrtcProgram program = nullptr;
    const char* header = "#define VALUE 5\n";
    const char* headerName = "values.h";
    OK(nvrtcCreateProgram(&program,
                          "#include \"values.h\"\nextern \"C\" __global__ void k(int* o) { *o = VALUE + ADDED; }",
                          "k.cu", 1, &header, &headerName));
    const char* bad[] = { "--no-such-option" };
    EQUAL(NVRTC_ERROR_INVALID_OPTION, nvrtcCompileProgram(program, 1, bad));
    const char* options[] = { "--gpu-architecture=sm_90", "-std=c++17", "-D", "ADDED=2", "-lineinfo",
                              "--ptxas-options=-v" };
    OK(nvrtcCompileProgram(program, 6, options));
    size_t size = 0;
    OK(nvrtcGetPTXSize(program, &size));
    std::vector<char> ptx(size);
    OK(nvrtcGetPTX(program, ptx.data()));
    EQUAL(size - 1, std::strlen(ptx.data()));
    OK(nvrtcDestroyProgram(&program));
    EQUAL(NVRTC_ERROR_INVALID_PROGRAM, nvrtcCompileProgram(program, 0, nullptr));
    CUmodule module = nullptr;
    OK(cuModuleLoadData(&module, ptx.data()));
    CUfunction k = nullptr;
    OK(cuModuleGetFunction(&k, module, "k"));
    Buffer<int> out(1);
    OK(launch(k, 1, 1, out.address));
    EQUAL(7, out.get()[0]);
    const char* name = nullptr;
    OK(cuFuncGetName(&name, k));
    CHECK(!std::strcmp(name, "k"));
    EQUAL(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&k, module, "other"));
    OK(cuModuleUnload(module));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, launchOn(nullptr, k, 1, 1, 0, out.address));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuModuleUnload(module));
    CHECK(!std::strcmp("NVRTC_ERROR_COMPILATION", nvrtcGetErrorString(6)));
}

TEST(NvrtcErrorsComeInTheLog) {
    for (const char* source : { "extern \"C\" __global__ void k(int* o) {\n  *o = undeclared;\n}",
                                "#include <cuda_fp16.h>\n", "#error never\n" }) {
        nvrtcProgram program = nullptr;
        OK(nvrtcCreateProgram(&program, source, "bad.cu", 0, nullptr, nullptr));
        EQUAL(NVRTC_ERROR_COMPILATION, nvrtcCompileProgram(program, 0, nullptr));
        size_t size = 0;
        OK(nvrtcGetProgramLogSize(program, &size));
        std::vector<char> log(size);
        OK(nvrtcGetProgramLog(program, log.data()));
        CHECK(std::strstr(log.data(), "bad.cu"));
        CHECK(std::strstr(log.data(), "error"));
        EQUAL(NVRTC_ERROR_INVALID_INPUT, nvrtcGetCUBINSize(program, &size));
        OK(nvrtcDestroyProgram(&program));
    }
}

TEST(ImagesAreChecked) {
    std::vector<char> image = compileImage(simple);
    CUmodule module = nullptr;
    std::vector<char> damaged = image;
    damaged[damaged.size() / 2] ^= 1;
    char log[256] = "";
    int options[] = { CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES };
    void* values[] = { log, (void*)sizeof log };
    EQUAL(CUDA_ERROR_INVALID_IMAGE, cuModuleLoadDataEx(&module, damaged.data(), 2, options, values));
    CHECK(std::strstr(log, "damaged"));
    EQUAL(CUDA_ERROR_INVALID_IMAGE, cuModuleLoadData(&module, "no image at all"));
    std::vector<char> older = compileImage(simple, { "-arch", "sm_80" });
    EQUAL(CUDA_ERROR_NO_BINARY_FOR_GPU, cuModuleLoadData(&module, older.data()));
    Modes modes{ { { "MCSIM_CC", "86" } } };
    OK(cuModuleLoadData(&module, older.data()));
    OK(cuModuleUnload(module));
}

TEST(FunctionsAndOccupancy) {
    Kernels kernels(std::string(simple) + R"(
        extern "C" __global__ void __launch_bounds__(256, 2) bounded(int* out) { out[0] = 1; })");
    CUfunction f = kernels.get("bounded");
    CHECK(f == kernels.get("bounded"));
    int value = 0;
    OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, f));
    EQUAL(256, value);
    OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, f));
    EQUAL(49152, value);
    OK(cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 100));
    EQUAL(CUDA_ERROR_INVALID_VALUE, cuFuncSetAttribute(f, CU_FUNC_ATTRIBUTE_NUM_REGS, 3));
    OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&value, f, 256, 0));
    EQUAL(4, value);
    OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&value, f, 256, 100000));
    EQUAL(2, value);
    OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&value, f, 512, 0));
    EQUAL(0, value);
}

TEST(HandlesOfOtherKinds) {
    CUevent event = nullptr;
    OK(cuEventCreate(&event, 0));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuStreamSynchronize((CUstream)event));
    CAUGHT("is no stream");
    OK(cuEventDestroy_v2(event));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuEventDestroy_v2(event));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuEventRecord(event, nullptr));
    CUstream stream = newStream();
    OK(cuStreamDestroy_v2(stream));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuStreamDestroy_v2(stream));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuStreamQuery(stream));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuGraphLaunch((CUgraphExec)stream, nullptr));
    EQUAL(0, mcsimLiveCount("streams") + mcsimLiveCount("events"));
    EQUAL(-1, mcsimLiveCount("unicorns"));
}

TEST(CallLogAndInjectedFailures) {
    Modes modes{ { { "MCSIM_TRACE", "1" }, { "MCSIM_FAIL", "cuMemAlloc_v2:2:2" } } };
    mcsimReset();
    CUdeviceptr first = 0, second = 0;
    OK(cuMemAlloc_v2(&first, 16));
    EQUAL(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&second, 16));
    OK(cuMemAlloc_v2(&second, 16));
    EQUAL(3, mcsimCallCount("cuMemAlloc_v2"));
    EQUAL(0, mcsimCallCount("cuGraphLaunch"));
    Kernels kernels(simple);
    OK(launch(kernels.get("fillWith"), 1, 4, first, 3));
    CHECK(std::strstr(mcsimTrace(), "cuLaunchKernel fillWith grid 1,1,1 block 4,1,1"));
    EQUAL(0, mcsimConfigure("MCSIM_FAIL", "cuLaunchKernel:1:719"));
    EQUAL(CUDA_ERROR_LAUNCH_FAILED, launchOn(nullptr, kernels.get("fillWith"), 1, 4, 0, first, 3));
    EQUAL(CUDA_ERROR_LAUNCH_FAILED, cuCtxSynchronize());
    mcsimReset();
    EQUAL(0, mcsimCallCount("cuMemAlloc_v2"));
    OK(cuCtxSynchronize());
    OK(cuDevicePrimaryCtxReset_v2(0));
    EQUAL(0, mcsimLiveCount("allocations"));
}
