// cuLaunchKernel and its variants, and how many blocks fit a multiprocessor.
#include "launch.h"
#include <algorithm>
#include "config.h"
#include "device.h"
#include "stream.h"

namespace mcsim {
namespace {

constexpr int registersPerThread = 64;

CUresult checkShape(const Function& function, const LaunchShape& s) {
    const char* name = function.name.c_str();
    unsigned long long threads = (unsigned long long)s.block.x * s.block.y * s.block.z;
    if (!threads || !s.grid.x || !s.grid.y || !s.grid.z)
        return rejected(CUDA_ERROR_INVALID_VALUE, format("kernel %s: an extent of grid or block is 0", name));
    if (s.grid.x > 0x7fffffffu || s.grid.y > maxGridYZ || s.grid.z > maxGridYZ)
        return rejected(CUDA_ERROR_INVALID_VALUE, format("kernel %s: grid %u,%u,%u; at most 2147483647,65535,65535",
                                                         name, s.grid.x, s.grid.y, s.grid.z));
    if (threads > maxThreadsPerBlock || s.block.z > 64)
        return rejected(CUDA_ERROR_INVALID_VALUE, format("kernel %s: block %u,%u,%u; at most 1024 threads, 64 in z",
                                                         name, s.block.x, s.block.y, s.block.z));
    if (threads > unsigned(function.maxThreads()))
        return rejected(CUDA_ERROR_INVALID_VALUE,
                        format("kernel %s: %llu threads a block, its __launch_bounds__ allow %d", name, threads,
                               function.maxThreads()));
    if (s.dynamicBytes > unsigned(function.maxDynamicShared))
        return rejected(CUDA_ERROR_INVALID_VALUE,
                        format("kernel %s: %u bytes of dynamic shared memory, %d allowed by its "
                               "attributes",
                               name, s.dynamicBytes, function.maxDynamicShared));
    return CUDA_SUCCESS;
}

CUresult copyArguments(const simt::Kernel& kernel, void** parameters, Launch& launch) {
    if (kernel.parameterCount && !parameters) return CUDA_ERROR_INVALID_VALUE;
    for (int i = 0; i < kernel.parameterCount; i++) {
        if (!parameters[i])
            return rejected(CUDA_ERROR_INVALID_VALUE, format("kernel %s: argument %d has no address",
                                                             launch.function->name.c_str(), i));
        // 16 bytes apart: no parameter type of a kernel needs a stricter alignment.
        size_t offset = (launch.values.size() + 15) / 16 * 16;
        launch.offsets.push_back(offset);
        launch.values.resize(offset + size_t(kernel.sizes[i]));
        std::copy_n(static_cast<const char*>(parameters[i]), kernel.sizes[i], launch.values.begin() + long(offset));
    }
    return CUDA_SUCCESS;
}

CUresult launch(CUfunction handle, const LaunchShape& shape, CUstream streamHandle, void** parameters, void** extra) {
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    std::shared_ptr<Launch> made;
    if (CUresult code = makeLaunch(findFunction(handle), shape, parameters, extra, made)) return code;
    traceDetail(format("%s grid %u,%u,%u block %u,%u,%u", made->function->name.c_str(), shape.grid.x, shape.grid.y,
                       shape.grid.z, shape.block.x, shape.block.y, shape.block.z));
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_KERNEL;
    work.name = made->function->name;
    work.launch = made;
    return enqueue(stream, std::move(work));
}

}

int activeBlocks(const Function& function, unsigned threads, size_t dynamicBytes) {
    unsigned warps = (threads + 31) / 32;
    size_t shared = function.staticShared + dynamicBytes + 1024;
    size_t blocks = std::min({ size_t(32), size_t(64 / warps), sharedPerMultiprocessor / shared,
                               size_t(65536) / (size_t(registersPerThread) * warps * 32) });
    return int(blocks);
}

CUresult makeLaunch(const std::shared_ptr<Function>& function, const LaunchShape& shape, void** parameters,
                    void** extra, std::shared_ptr<Launch>& result) {
    if (!function) return rejected(CUDA_ERROR_INVALID_HANDLE, "a launch of no function (its module was unloaded?)");
    if (extra) return rejected(CUDA_ERROR_NOT_SUPPORTED, "arguments by `extra` are not simulated: pass kernelParams");
    if (CUresult code = checkShape(*function, shape)) return code;
    unsigned threads = shape.block.x * shape.block.y * shape.block.z;
    unsigned long long blocks = (unsigned long long)shape.grid.x * shape.grid.y * shape.grid.z;
    if (shape.cooperative && blocks > (unsigned long long)activeBlocks(*function, threads, shape.dynamicBytes) *
                                          unsigned(config().multiprocessors))
        return rejected(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
                        format("kernel %s: %llu blocks cannot be resident together", function->name.c_str(), blocks));
    auto launch = std::make_shared<Launch>();
    launch->function = function;
    launch->grid = shape.grid;
    launch->block = shape.block;
    launch->dynamicBytes = shape.dynamicBytes;
    launch->cooperative = shape.cooperative;
    if (CUresult code = copyArguments(*function->kernel, parameters, *launch)) return code;
    result = launch;
    return CUDA_SUCCESS;
}
}

using namespace mcsim;

MCSIM_API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                  unsigned blockY, unsigned blockZ, unsigned sharedBytes, CUstream stream,
                                  void** parameters, void** extra) {
    DRIVER_CALL(cuLaunchKernel, Context);
    return launch(function, { { gridX, gridY, gridZ }, { blockX, blockY, blockZ }, sharedBytes, false }, stream,
                  parameters, extra);
}

MCSIM_API CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ,
                                             unsigned blockX, unsigned blockY, unsigned blockZ, unsigned sharedBytes,
                                             CUstream stream, void** parameters) {
    DRIVER_CALL(cuLaunchCooperativeKernel, Context);
    return launch(function, { { gridX, gridY, gridZ }, { blockX, blockY, blockZ }, sharedBytes, true }, stream,
                  parameters, nullptr);
}

MCSIM_API CUresult cuLaunchKernelEx(const CUlaunchConfig* c, CUfunction function, void** parameters, void** extra) {
    DRIVER_CALL(cuLaunchKernelEx, Context);
    if (!c || (c->numAttrs && !c->attrs)) return CUDA_ERROR_INVALID_VALUE;
    LaunchShape shape{ { c->gridDimX, c->gridDimY, c->gridDimZ }, { c->blockDimX, c->blockDimY, c->blockDimZ },
                       c->sharedMemBytes, false };
    for (unsigned i = 0; i < c->numAttrs; i++) {
        const CUlaunchAttribute& attribute = c->attrs[i];
        const unsigned* words = attribute.value.words;
        if (attribute.id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE) shape.cooperative = words[0] != 0;
        if (attribute.id != CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) continue;
        unsigned size = words[0] * words[1] * words[2];
        bool divides =
            size && c->gridDimX % words[0] == 0 && c->gridDimY % words[1] == 0 && c->gridDimZ % words[2] == 0;
        if (!divides || size > 8)
            return rejected(CUDA_ERROR_INVALID_VALUE, "the cluster's extents must divide the grid's");
    }
    return launch(function, shape, c->hStream, parameters, extra);
}

MCSIM_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction handle, int blockSize,
                                                               size_t dynamicBytes) {
    DRIVER_CALL(cuOccupancyMaxActiveBlocksPerMultiprocessor, Context);
    std::shared_ptr<Function> function = findFunction(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (!blocks || blockSize <= 0) return CUDA_ERROR_INVALID_VALUE;
    bool possible = blockSize <= function->maxThreads() && dynamicBytes <= sharedOptIn;
    *blocks = possible ? activeBlocks(*function, unsigned(blockSize), dynamicBytes) : 0;
    return CUDA_SUCCESS;
}
