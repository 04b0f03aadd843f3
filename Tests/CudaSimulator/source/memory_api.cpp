// The driver's functions for memory: allocation, pools, copies, fills.
#include <cstdlib>
#include <cstring>
#include <map>
#include "capture.h"
#include "config.h"
#include "device.h"
#include "memory.h"
#include "stream.h"

namespace mcsim {
namespace {

std::map<void*, size_t>& hostMemory() {
    static std::map<void*, size_t> table;
    return table;
}

bool isPinned(const void* pointer) {
    auto after = hostMemory().upper_bound(const_cast<void*>(pointer));
    if (after == hostMemory().begin()) return false;
    auto found = std::prev(after);
    return static_cast<const char*>(pointer) < static_cast<char*>(found->first) + found->second;
}

CUmemoryPool poolOf(const Device& device) { return reinterpret_cast<CUmemoryPool>(uintptr_t(device.handle) + 8); }

bool isPool(CUmemoryPool pool) {
    for (int i = 0; i < config().devices; i++)
        if (poolOf(*deviceAt(i)) == pool) return true;
    return false;
}

unsigned long long& releaseThreshold() {
    static unsigned long long value = 0;
    return value;
}

CUresult badFree(const char* function, CUdeviceptr pointer) {
    return rejected(CUDA_ERROR_INVALID_VALUE, format("%s: 0x%llx is no allocation's start: %s", function, pointer,
                                                     deviceMemory().describe(pointer).c_str()));
}

Work copyWork(const char* name, void* to, const void* from, size_t bytes) {
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_MEMCPY;
    work.name = format("%s (%zu bytes)", name, bytes);
    work.run = [=] {
        std::memmove(to, from, bytes);
        markWritten(uintptr_t(to), bytes);
        return CUDA_SUCCESS;
    };
    return work;
}

void* onHost(CUdeviceptr pointer) { return reinterpret_cast<void*>(uintptr_t(pointer)); }

CUresult copyToDevice(CUdeviceptr to, const void* from, size_t bytes, const std::shared_ptr<Stream>& stream) {
    if (!validRange(to, bytes, "copy to the device") || !from) return CUDA_ERROR_INVALID_VALUE;
    Work work = copyWork("copy to the device", onHost(to), from, bytes);
    if (config().stagedPageable && !isPinned(from) && !stream->capture) {
        auto staged =
            std::make_shared<std::vector<char>>(static_cast<const char*>(from), static_cast<const char*>(from) + bytes);
        work.run = [=] {
            std::memcpy(onHost(to), staged->data(), bytes);
            markWritten(to, bytes);
            return CUDA_SUCCESS;
        };
    } else {
        work.host = from;
        work.hostBytes = bytes;
    }
    return enqueue(stream, std::move(work));
}

CUresult copyToHost(void* to, CUdeviceptr from, size_t bytes, const std::shared_ptr<Stream>& stream) {
    if (!validRange(from, bytes, "copy to the host") || !to) return CUDA_ERROR_INVALID_VALUE;
    Work work = copyWork("copy to the host", to, onHost(from), bytes);
    work.host = to;
    work.hostBytes = bytes;
    if (CUresult code = enqueue(stream, std::move(work))) return code;
    return config().stagedPageable && !isPinned(to) && !stream->capture ? completeStream(*stream) : CUDA_SUCCESS;
}

template<class T> CUresult fill(CUdeviceptr to, T value, size_t count, CUstream streamHandle) {
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (count == 0) return CUDA_SUCCESS;
    if (to % sizeof(T) || !validRange(to, count * sizeof(T), "fill")) return CUDA_ERROR_INVALID_VALUE;
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_MEMSET;
    work.name = format("fill (%zu bytes)", count * sizeof(T));
    work.run = [=] {
        std::fill_n(static_cast<T*>(onHost(to)), count, value);
        markWritten(to, count * sizeof(T));
        return CUDA_SUCCESS;
    };
    return enqueue(stream, std::move(work));
}

}

void dropHostMemory() {
    for (const auto& pair : hostMemory()) std::free(pair.first);
    hostMemory().clear();
}

size_t hostAllocationCount() { return hostMemory().size(); }

}

using namespace mcsim;

MCSIM_API CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
    DRIVER_CALL(cuMemGetInfo_v2, Context);
    if (!free || !total) return CUDA_ERROR_INVALID_VALUE;
    *total = config().memory;
    size_t used = currentDevice()->used;
    *free = used < *total ? *total - used : 0;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes) {
    DRIVER_CALL(cuMemAlloc_v2, Context);
    if (!pointer || !bytes) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult code = unsafeCallViolation("cuMemAlloc")) return code;
    std::shared_ptr<Allocation> allocation = deviceMemory().reserve(bytes, currentDevice());
    if (!allocation) return CUDA_ERROR_OUT_OF_MEMORY;
    deviceMemory().commit(*allocation);
    *pointer = allocation->address;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemFree_v2(CUdeviceptr pointer) {
    DRIVER_CALL(cuMemFree_v2, Context);
    if (!pointer) return CUDA_SUCCESS;
    if (CUresult code = unsafeCallViolation("cuMemFree")) return code;
    std::shared_ptr<Allocation> allocation = deviceMemory().startingAt(pointer);
    if (!allocation || allocation->freeQueued) return badFree("cuMemFree", pointer);
    CUresult code = completeAll();
    deviceMemory().release(*allocation);
    return code;
}

MCSIM_API CUresult cuMemAllocAsync(CUdeviceptr* pointer, size_t bytes, CUstream streamHandle) {
    DRIVER_CALL(cuMemAllocAsync, Context);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!pointer || !bytes) return CUDA_ERROR_INVALID_VALUE;
    std::shared_ptr<Allocation> allocation = deviceMemory().reserve(bytes, currentDevice());
    // What is queued to be freed makes room, as a pool does that waits before it gives up.
    if (!allocation && !stream->capture && completeAll() == CUDA_SUCCESS)
        allocation = deviceMemory().reserve(bytes, currentDevice());
    if (!allocation) return CUDA_ERROR_OUT_OF_MEMORY;
    allocation->graphOwned = stream->capture != nullptr;
    *pointer = allocation->address;
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC;
    work.name = format("allocation of %zu bytes", bytes);
    work.run = [allocation] { deviceMemory().commit(*allocation); return CUDA_SUCCESS; };
    return enqueue(stream, std::move(work));
}

MCSIM_API CUresult cuMemFreeAsync(CUdeviceptr pointer, CUstream streamHandle) {
    DRIVER_CALL(cuMemFreeAsync, Context);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!pointer) return CUDA_SUCCESS;
    std::shared_ptr<Allocation> allocation = deviceMemory().startingAt(pointer);
    if (!allocation || allocation->freeQueued) return badFree("cuMemFreeAsync", pointer);
    // An allocation outside the graph would be freed again by every launch.
    if (stream->capture && !allocation->graphOwned) return badFree("cuMemFreeAsync in a capture", pointer);
    allocation->freeQueued = true;
    Work work;
    work.type = CU_GRAPH_NODE_TYPE_MEM_FREE;
    work.name = "free";
    work.run = [allocation] { deviceMemory().release(*allocation); return CUDA_SUCCESS; };
    return enqueue(stream, std::move(work));
}

MCSIM_API CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice device) {
    DRIVER_CALL(cuDeviceGetDefaultMemPool, Init);
    if (!pool) return CUDA_ERROR_INVALID_VALUE;
    if (device < 0 || device >= config().devices) return CUDA_ERROR_INVALID_DEVICE;
    *pool = poolOf(*deviceAt(device));
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemPoolSetAttribute(CUmemoryPool pool, int attribute, void* value) {
    DRIVER_CALL(cuMemPoolSetAttribute, Init);
    if (!isPool(pool)) return CUDA_ERROR_INVALID_HANDLE;
    if (!value || attribute < 1 || attribute > 8) return CUDA_ERROR_INVALID_VALUE;
    if (attribute == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) std::memcpy(&releaseThreshold(), value, 8);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemPoolGetAttribute(CUmemoryPool pool, int attribute, void* value) {
    DRIVER_CALL(cuMemPoolGetAttribute, Init);
    if (!isPool(pool)) return CUDA_ERROR_INVALID_HANDLE;
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    unsigned long long used = deviceMemory().liveBytes();
    if (attribute == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) std::memcpy(value, &releaseThreshold(), 8);
    else if (attribute == CU_MEMPOOL_ATTR_USED_MEM_CURRENT) std::memcpy(value, &used, 8);
    else return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t) {
    DRIVER_CALL(cuMemPoolTrimTo, Init);
    return isPool(pool) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

MCSIM_API CUresult cuMemHostAlloc(void** pointer, size_t bytes, unsigned flags) {
    DRIVER_CALL(cuMemHostAlloc, Context);
    if (!pointer || !bytes || flags > 7) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult code = unsafeCallViolation("cuMemHostAlloc")) return code;
    void* memory = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!memory) return CUDA_ERROR_OUT_OF_MEMORY;
    std::memset(memory, config().poison ? 0xff : 0, bytes);
    hostMemory()[memory] = bytes;
    *pointer = memory;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuMemFreeHost(void* pointer) {
    DRIVER_CALL(cuMemFreeHost, Context);
    auto found = hostMemory().find(pointer);
    if (found == hostMemory().end())
        return rejected(CUDA_ERROR_INVALID_VALUE,
                        format("cuMemFreeHost: %p is not from cuMemHostAlloc, or freed", pointer));
    if (CUresult code = unsafeCallViolation("cuMemFreeHost")) return code;
    checkHostMemoryUnused(pointer, found->second);
    CUresult code = completeAll();
    hostMemory().erase(found);
    std::free(pointer);
    return code;
}

MCSIM_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream streamHandle) {
    DRIVER_CALL(cuMemcpyHtoDAsync_v2, Context);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    return bytes == 0 ? CUDA_SUCCESS : copyToDevice(to, from, bytes, stream);
}

MCSIM_API CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream streamHandle) {
    DRIVER_CALL(cuMemcpyDtoHAsync_v2, Context);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    return bytes == 0 ? CUDA_SUCCESS : copyToHost(to, from, bytes, stream);
}

MCSIM_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream streamHandle) {
    DRIVER_CALL(cuMemcpyDtoDAsync_v2, Context);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (bytes == 0) return CUDA_SUCCESS;
    if (!validRange(to, bytes, "copy on the device") || !validRange(from, bytes, "copy on the device"))
        return CUDA_ERROR_INVALID_VALUE;
    return enqueue(stream, copyWork("copy on the device", onHost(to), onHost(from), bytes));
}

MCSIM_API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
    DRIVER_CALL(cuMemcpyHtoD_v2, Context);
    if (CUresult code = unsafeCallViolation("cuMemcpyHtoD")) return code;
    if (bytes == 0) return CUDA_SUCCESS;
    if (CUresult code = copyToDevice(to, from, bytes, currentDevice()->defaultStream)) return code;
    return completeStream(*currentDevice()->defaultStream);
}

MCSIM_API CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
    DRIVER_CALL(cuMemcpyDtoH_v2, Context);
    if (CUresult code = unsafeCallViolation("cuMemcpyDtoH")) return code;
    if (bytes == 0) return CUDA_SUCCESS;
    if (CUresult code = copyToHost(to, from, bytes, currentDevice()->defaultStream)) return code;
    return completeStream(*currentDevice()->defaultStream);
}

MCSIM_API CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
    DRIVER_CALL(cuMemsetD8Async, Context);
    return fill(to, value, count, stream);
}

MCSIM_API CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
    DRIVER_CALL(cuMemsetD32Async, Context);
    return fill(to, value, count, stream);
}
