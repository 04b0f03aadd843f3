// mcsimLiveCount: what a program has not destroyed.
#include <cstring>
#include "../api/mcsim.h"
#include "blas.h"
#include "graph.h"
#include "memory.h"
#include "module.h"
#include "nvrtc.h"
#include "stream.h"

namespace mcsim {
namespace {

struct Kind { const char* name; size_t (*count)(); };

const Kind kinds[] = {
    { "allocations", [] { return deviceMemory().liveCount(); } },
    { "bytes", [] { return deviceMemory().liveBytes(); } },
    { "hostAllocations", hostAllocationCount },
    { "streams", streamCount },
    { "events", eventCount },
    { "modules", moduleCount },
    { "graphs", graphCount },
    { "graphExecs", graphExecCount },
    { "programs", programCount },
    { "cublasHandles", cublasHandleCount },
    { "cublasLtHandles", cublasLtHandleCount },
    { "cublasLtObjects", cublasLtObjectCount },
};

}
}

using namespace mcsim;

MCSIM_API long long mcsimLiveCount(const char* name) {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    for (const Kind& kind : kinds)
        if (name && std::strcmp(kind.name, name) == 0) return (long long)kind.count();
    return -1;
}
