// Streams, events, capture and graphs.
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unistd.h>
#include "harness.h"

namespace {

Kernels& kernels() {
    // Compiled anew for every test, whose end drops all modules; never destroyed for that reason.
    return *(new Kernels(R"(
        extern "C" __global__ void add(int* x, int value) { x[threadIdx.x] += value; }
        extern "C" __global__ void times(int* x, int value) { x[threadIdx.x] *= value; }
        extern "C" __global__ void sum(int* z, const int* x, const int* y) {
            z[threadIdx.x] = x[threadIdx.x] + y[threadIdx.x]; })"));
}

void step(CUstream stream, CUfunction function, CUdeviceptr x, int value) {
    OK(launchOn(stream, function, 1, 8, 0, x, value));
}
}

TEST(QueriesPollToTheEnd) {
    CUfunction add = kernels().get("add");
    Buffer<int> x(std::vector<int>(8, 0));
    CUstream stream = newStream();
    for (int i = 0; i < 3; i++) step(stream, add, x.address, 1);
    EQUAL(CUDA_ERROR_NOT_READY, cuStreamQuery(stream));
    int questions = 0;
    while (cuStreamQuery(stream) == CUDA_ERROR_NOT_READY && questions < 100) questions++;
    CHECK(questions < 10);
    EQUAL(3, x.get()[0]);
    CUevent start = nullptr, end = nullptr, untimed = nullptr;
    OK(cuEventCreate(&start, 0));
    OK(cuEventCreate(&end, 0));
    OK(cuEventCreate(&untimed, CU_EVENT_DISABLE_TIMING));
    float milliseconds = -1;
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&milliseconds, start, end));
    OK(cuEventQuery(start));
    OK(cuEventRecord(start, stream));
    step(stream, add, x.address, 1);
    OK(cuEventRecord(end, stream));
    OK(cuEventRecord(untimed, stream));
    EQUAL(CUDA_ERROR_NOT_READY, cuEventElapsedTime(&milliseconds, start, end));
    EQUAL(CUDA_ERROR_NOT_READY, cuEventQuery(end));
    OK(cuEventSynchronize(end));
    OK(cuEventSynchronize(untimed));
    OK(cuEventElapsedTime(&milliseconds, start, end));
    CHECK(milliseconds >= 0 && milliseconds < 1000);
    OK(cuEventElapsedTime_v2(&milliseconds, start, end));
    EQUAL(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&milliseconds, start, untimed));
    OK(cuStreamDestroy_v2(stream));
}

TEST(LegacyStreamWaitsForBlockingStreams) {
    for (const char* mode : { "deferred", "random", "immediate" }) {
        Modes modes{ { { "MCSIM_STREAMS", mode } } };
        Kernels& k = kernels();
        CUfunction add = k.get("add"), times = k.get("times");
        Buffer<int> x(std::vector<int>(8, 1));
        CUstream blocking = newStream(CU_STREAM_DEFAULT), other = newStream(CU_STREAM_DEFAULT);
        step(blocking, add, x.address, 2);
        step(nullptr, times, x.address, 10);
        step(other, add, x.address, 5);
        OK(cuStreamSynchronize(other));
        EQUAL(35, x.get()[0]);
    }
}

TEST(DestroyedStreamsStillFinish) {
    CUfunction add = kernels().get("add");
    Buffer<int> x(std::vector<int>(8, 1));
    CUstream stream = newStream();
    step(stream, add, x.address, 2);
    OK(cuStreamDestroy_v2(stream));
    OK(cuCtxSynchronize());
    EQUAL(3, x.get()[0]);
}

TEST(ForkedCaptureAndGraph) {
    for (const char* mode : { "deferred", "random", "immediate" }) {
        Modes modes{ { { "MCSIM_STREAMS", mode }, { "MCSIM_SEED", "3" } } };
        Kernels& k = kernels();
        CUfunction add = k.get("add"), times = k.get("times"), sum = k.get("sum");
        Buffer<int> x(std::vector<int>(8, 1)), y(std::vector<int>(8, 2)), z(8);
        CUstream main = newStream(), side = newStream();
        CUevent fork = nullptr, join = nullptr;
        OK(cuEventCreate(&fork, CU_EVENT_DISABLE_TIMING));
        OK(cuEventCreate(&join, CU_EVENT_DISABLE_TIMING));
        CUgraph graph = nullptr;
        int status = -1, captured[8];
        OK(cuStreamBeginCapture_v2(main, CU_STREAM_CAPTURE_MODE_GLOBAL));
        OK(cuStreamIsCapturing(main, &status));
        EQUAL(CU_STREAM_CAPTURE_STATUS_ACTIVE, status);
        OK(cuMemsetD32Async(z.address, 0, 8, main));
        OK(cuEventRecord(fork, main));
        OK(cuStreamWaitEvent(side, fork, 0));
        step(main, add, x.address, 3);
        step(side, times, y.address, 5);
        OK(cuEventRecord(join, side));
        OK(cuStreamWaitEvent(main, join, 0));
        OK(launchOn(main, sum, 1, 8, 0, z.address, x.address, y.address));
        OK(cuMemcpyDtoHAsync_v2(captured, z.address, 32, main));
        OK(cuStreamEndCapture(main, &graph));
        OK(cuStreamIsCapturing(side, &status));
        EQUAL(CU_STREAM_CAPTURE_STATUS_NONE, status);
        EQUAL(1, x.get()[0]);
        size_t count = 0;
        OK(cuGraphGetNodes(graph, nullptr, &count));
        EQUAL(5, count);
        std::vector<CUgraphNode> nodes(count);
        OK(cuGraphGetNodes(graph, nodes.data(), &count));
        const int types[] = { CU_GRAPH_NODE_TYPE_MEMSET, CU_GRAPH_NODE_TYPE_KERNEL, CU_GRAPH_NODE_TYPE_KERNEL,
                              CU_GRAPH_NODE_TYPE_KERNEL, CU_GRAPH_NODE_TYPE_MEMCPY };
        for (size_t i = 0; i < count; i++) {
            int type = -1;
            OK(cuGraphNodeGetType(nodes[i], &type));
            EQUAL(types[i], type);
        }
        CUgraphExec exec = nullptr;
        OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
        OK(cuGraphUpload(exec, main));
        mcsimReset();
        OK(cuGraphLaunch(exec, main));
        OK(cuGraphLaunch(exec, main));
        OK(cuStreamSynchronize(main));
        EQUAL(2, mcsimCallCount("cuGraphLaunch"));
        EQUAL(0, mcsimCallCount("cuLaunchKernel"));
        EQUAL(2, mcsimKernelCount("sum"));
        EQUAL(7 + 50, captured[7]);
        CUDA_KERNEL_NODE_PARAMS parameters;
        OK(cuGraphKernelNodeGetParams_v2(nodes[1], &parameters));
        CHECK(parameters.func == add);
        EQUAL(8, parameters.blockDimX);
        EQUAL(3, *static_cast<int*>(parameters.kernelParams[1]));
        int hundred = 100;
        void* changed[] = { parameters.kernelParams[0], &hundred };
        parameters.kernelParams = changed;
        OK(cuGraphExecKernelNodeSetParams_v2(exec, nodes[1], &parameters));
        OK(cuGraphLaunch(exec, main));
        OK(cuStreamSynchronize(main));
        EQUAL(107 + 250, captured[0]);
        char path[] = "/tmp/mcsim-graph-XXXXXX";
        close(mkstemp(path));
        OK(cuGraphDebugDotPrint(graph, path, 0));
        std::ifstream file(path);
        std::string dot((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        CHECK(dot.find("label=\"sum\"") != std::string::npos && dot.find("node1 -> node3") != std::string::npos);
        unlink(path);
        EQUAL(CUDA_ERROR_INVALID_VALUE, cuGraphKernelNodeGetParams_v2(nodes[0], &parameters));
        OK(cuGraphExecDestroy(exec));
        EQUAL(CUDA_ERROR_INVALID_HANDLE, cuGraphLaunch(exec, main));
        OK(cuGraphDestroy(graph));
        EQUAL(0, mcsimLiveCount("graphs") + mcsimLiveCount("graphExecs"));
        OK(cuEventDestroy_v2(fork));
        OK(cuEventDestroy_v2(join));
    }
}

TEST(GraphUpdate) {
    Kernels& k = kernels();
    CUfunction add = k.get("add"), times = k.get("times");
    Buffer<int> x(std::vector<int>(8, 1));
    CUstream stream = newStream();
    auto capture = [&](CUfunction f, int value, int repeats) {
        CUgraph graph = nullptr;
        OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
        for (int i = 0; i < repeats; i++) step(stream, f, x.address, value);
        OK(cuStreamEndCapture(stream, &graph));
        return graph;
    };
    CUgraph first = capture(add, 4, 1), second = capture(times, 3, 1), longer = capture(times, 3, 2);
    CUgraphExec exec = nullptr;
    OK(cuGraphInstantiateWithFlags(&exec, first, 0));
    OK(cuGraphLaunch(exec, stream));
    CUgraphExecUpdateResultInfo info;
    OK(cuGraphExecUpdate_v2(exec, second, &info));
    OK(cuGraphLaunch(exec, stream));
    EQUAL(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, cuGraphExecUpdate_v2(exec, longer, &info));
    CHECK(info.result != 0 && info.errorNode != nullptr);
    OK(cuStreamSynchronize(stream));
    EQUAL(15, x.get()[0]);
}

TEST(GraphOwnedMemory) {
    CUfunction add = kernels().get("add");
    Buffer<int> x(std::vector<int>(8, 1));
    CUstream stream = newStream();
    CUdeviceptr scratch = 0;
    CUgraph graph = nullptr;
    OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
    OK(cuMemAllocAsync(&scratch, 32, stream));
    OK(cuMemcpyDtoDAsync_v2(scratch, x.address, 32, stream));
    step(stream, add, scratch, 5);
    OK(cuMemcpyDtoDAsync_v2(x.address, scratch, 32, stream));
    OK(cuMemFreeAsync(scratch, stream));
    OK(cuStreamEndCapture(stream, &graph));
    CUgraphExec exec = nullptr;
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    for (int i = 0; i < 3; i++) OK(cuGraphLaunch(exec, stream));
    OK(cuStreamSynchronize(stream));
    EQUAL(16, x.get()[7]);
}

TEST(CaptureViolations) {
    Buffer<int> x(std::vector<int>(8, 1));
    CUstream stream = newStream(), other = newStream(), blocking = newStream(CU_STREAM_DEFAULT);
    CUevent event = nullptr, outside = nullptr;
    OK(cuEventCreate(&event, 0));
    OK(cuEventCreate(&outside, 0));
    OK(cuEventRecord(outside, other));
    CUgraph graph = nullptr;
    auto begin = [&](int mode = CU_STREAM_CAPTURE_MODE_GLOBAL) { OK(cuStreamBeginCapture_v2(stream, mode)); };
    auto invalid = [&] {
        int status = 0;
        OK(cuStreamIsCapturing(stream, &status));
        EQUAL(CU_STREAM_CAPTURE_STATUS_INVALIDATED, status);
        EQUAL(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuMemsetD8Async(x.address, 0, 1, stream));
        EQUAL(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(stream, &graph));
        CHECK(graph == nullptr);
    };
    EQUAL(CUDA_ERROR_ILLEGAL_STATE, cuStreamEndCapture(stream, &graph));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamBeginCapture_v2(nullptr, 0));
    begin();
    EQUAL(CUDA_ERROR_ILLEGAL_STATE, cuStreamBeginCapture_v2(stream, 0));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamSynchronize(stream));
    invalid();
    // Nor may the thread wait for, or ask, any other.
    for (int strict : { CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL }) {
        begin(strict);
        EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamSynchronize(other));
        invalid();
        begin(strict);
        EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuStreamQuery(other));
        invalid();
    }
    begin(CU_STREAM_CAPTURE_MODE_RELAXED);
    OK(cuStreamSynchronize(other));
    OK(cuStreamEndCapture(stream, &graph));
    // Nor load code, as lazy loading does with a function that nobody has asked for yet.
    Kernels kernels("extern \"C\" __global__ void late() {}");
    CUfunction late = nullptr;
    begin(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuModuleGetFunction(&late, kernels.module, "late"));
    invalid();
    OK(cuModuleGetFunction(&late, kernels.module, "late"));
    begin(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    OK(cuModuleGetFunction(&late, kernels.module, "late"));
    OK(cuStreamEndCapture(stream, &graph));
    begin();
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuCtxSynchronize());
    invalid();
    begin();
    CUdeviceptr pointer = 0;
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuMemAlloc_v2(&pointer, 16));
    invalid();
    begin(CU_STREAM_CAPTURE_MODE_RELAXED);
    OK(cuMemAlloc_v2(&pointer, 16));
    OK(cuStreamEndCapture(stream, &graph));
    begin();
    int mode = CU_STREAM_CAPTURE_MODE_RELAXED;
    OK(cuThreadExchangeStreamCaptureMode(&mode));
    EQUAL(CU_STREAM_CAPTURE_MODE_GLOBAL, mode);
    OK(cuMemFree_v2(pointer));
    OK(cuThreadExchangeStreamCaptureMode(&mode));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, cuStreamWaitEvent(stream, outside, 0));
    invalid();
    begin();
    OK(cuEventRecord(event, stream));
    EQUAL(CUDA_ERROR_CAPTURED_EVENT, cuEventSynchronize(event));
    invalid();
    begin();
    OK(cuEventRecord(event, stream));
    OK(cuStreamWaitEvent(other, event, 0));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, cuStreamEndCapture(other, &graph));
    OK(cuMemsetD8Async(x.address, 0, 1, other));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, cuStreamEndCapture(stream, &graph));
    OK(cuStreamBeginCapture_v2(blocking, CU_STREAM_CAPTURE_MODE_RELAXED));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, cuMemsetD8Async(x.address, 0, 1, nullptr));
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(blocking, &graph));
    begin();
    CUresult code = 0;
    CUcontext context = nullptr;
    OK(cuCtxGetCurrent(&context));
    std::thread([&] {
        cuCtxSetCurrent(context);
        code = cuStreamEndCapture(stream, &graph);
    }).join();
    EQUAL(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, code);
    OK(cuStreamEndCapture(stream, &graph));
}

TEST(ImmediateModeReportsAtTheLaunch) {
    Modes modes{ { { "MCSIM_STREAMS", "immediate" } } };
    CUfunction add = kernels().get("add");
    Buffer<int> x(8);
    EQUAL(CUDA_ERROR_ILLEGAL_ADDRESS, launchOn(nullptr, add, 1, 16, 0, x.address, 1));
    CAUGHT("kernel add");
}

TEST(RandomStreams_ManySeeds) {
    Kernels& k = kernels();
    CUfunction add = k.get("add"), times = k.get("times"), sum = k.get("sum");
    for (int seed = 1; seed <= 20; seed++) {
        std::string text = std::to_string(seed);
        Modes modes{ { { "MCSIM_STREAMS", "random" }, { "MCSIM_ORDER", "random" }, { "MCSIM_SEED", text.c_str() } } };
        Buffer<int> x(std::vector<int>(8, 1)), y(std::vector<int>(8, 2)), z(8);
        CUstream first = newStream(), second = newStream();
        CUevent ready = nullptr;
        OK(cuEventCreate(&ready, CU_EVENT_DISABLE_TIMING));
        step(first, add, x.address, 1);
        step(second, times, y.address, 7);
        step(second, add, y.address, 1);
        OK(cuEventRecord(ready, second));
        step(first, times, x.address, 3);
        OK(cuStreamWaitEvent(first, ready, 0));
        OK(launchOn(first, sum, 1, 8, 0, z.address, x.address, y.address));
        OK(cuStreamSynchronize(first));
        EQUAL(6 + 15, z.get()[3]);
        OK(cuEventDestroy_v2(ready));
        OK(cuStreamDestroy_v2(first));
        OK(cuStreamDestroy_v2(second));
    }
}

TEST(ThreadsShareTheDevice) {
    Kernels& k = kernels();
    CUfunction add = k.get("add");
    CUcontext context = nullptr;
    OK(cuCtxGetCurrent(&context));
    std::vector<int> results(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([&, t] {
            CUdeviceptr x = 0;
            CUstream stream = nullptr;
            bool good =
                !cuCtxSetCurrent(context) && !cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING) && !cuMemAlloc_v2(&x, 32);
            good = good && !cuMemsetD32Async(x, 0, 8, stream);
            for (int i = 0; i < 50; i++)
                good = good && !launchOn(stream, add, 1, 8, 0, x, t) && (i % 7 || !cuStreamSynchronize(stream));
            good = good && !cuMemcpyDtoHAsync_v2(&results[size_t(t)], x, 4, stream) && !cuStreamSynchronize(stream);
            if (!good) results[size_t(t)] = -1;
        });
    for (std::thread& thread : threads) thread.join();
    for (int t = 0; t < 4; t++) EQUAL(50 * t, results[size_t(t)]);
}

TEST(TwoDevices) {
    Modes modes{ { { "MCSIM_DEVICES", "2" }, { "MCSIM_MEMORY", "1M" } } };
    CUcontext first = nullptr, second = nullptr;
    OK(cuCtxGetCurrent(&first));
    OK(cuDevicePrimaryCtxRetain(&second, 1));
    CUdeviceptr here = 0, there = 0;
    OK(cuMemAlloc_v2(&here, 700000));
    OK(cuCtxSetCurrent(second));
    OK(cuMemAlloc_v2(&there, 700000));
    int can = 0;
    OK(cuDeviceCanAccessPeer(&can, 0, 1));
    EQUAL(1, can);
    OK(cuMemsetD8Async(there, 1, 8, nullptr));
    OK(cuMemcpyDtoDAsync_v2(here, there, 8, nullptr));
    OK(cuCtxSynchronize());
    OK(cuMemFree_v2(here));
    OK(cuMemFree_v2(there));
    OK(cuDevicePrimaryCtxRelease_v2(1));
    OK(cuCtxSetCurrent(first));
}

TEST(SmallStep_Speed) {
    Kernels& k = kernels();
    CUfunction add = k.get("add");
    Buffer<int> x(std::vector<int>(8, 0));
    CUstream stream = newStream();
    CUgraph graph = nullptr;
    CUgraphExec exec = nullptr;
    OK(cuStreamBeginCapture_v2(stream, 0));
    for (int i = 0; i < 100; i++) step(stream, add, x.address, 1);
    OK(cuStreamEndCapture(stream, &graph));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    double start = processorSeconds();
    for (int i = 0; i < 10; i++) {
        OK(cuGraphLaunch(exec, stream));
        OK(cuStreamSynchronize(stream));
    }
    std::printf("  a kernel in a graph: %.1f us\n", (processorSeconds() - start) * 1e3);
    EQUAL(1000, x.get()[0]);
}
