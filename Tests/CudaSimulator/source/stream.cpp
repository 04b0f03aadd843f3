// Queues and the order in which they are worked off; see stream.h.
#include "stream.h"
#include <algorithm>
#include <csignal>
#include "capture.h"
#include "config.h"
#include "device.h"
#include "fault.h"
#include "memory.h"

namespace mcsim {
namespace {

Handles<Stream, CUstream, 1>& streams() {
    static Handles<Stream, CUstream, 1> table;
    return table;
}

/// Destroyed streams whose work has not run yet.
std::vector<std::shared_ptr<Stream>>& leftOver() {
    static std::vector<std::shared_ptr<Stream>> list;
    return list;
}

Random& streamNumbers() {
    static Random numbers(2);
    return numbers;
}

CUresult runGuardedWork(const Work& work) {
    CUresult code = CUDA_SUCCESS;
    Fault fault;
    if (runGuarded([&] { code = work.run(); }, fault)) return code;
    if (fault.code) return fault.code;
    return rejected(CUDA_ERROR_ILLEGAL_ADDRESS,
                    format("%s: illegal %s of 0x%llx: %s", work.name.c_str(), fault.write ? "write" : "read",
                           (unsigned long long)fault.address, deviceMemory().describe(fault.address).c_str()));
}

void runHead(Stream& stream) {
    OperationPtr operation = stream.queue.front();
    stream.queue.pop_front();
    operation->done = true;
    operation->after.clear();
    if (stream.last == operation) stream.last = nullptr;
    // After a sticky error the device does nothing any more.
    if (stickyError()) return;
    const Work& work = operation->work;
    CUresult code = work.launch ? execute(*work.launch) : work.run ? runGuardedWork(work) : CUDA_SUCCESS;
    if (code) setStickyError(code);
}

Operation* undoneDependency(const Operation& operation) {
    for (const OperationPtr& other : operation.after)
        if (!other->done) return other.get();
    return nullptr;
}

bool canRun(const Stream& stream) { return !stream.queue.empty() && !undoneDependency(*stream.queue.front()); }

/// One step on the shortest way to `target`.
void stepTowards(Operation& target) {
    Operation* operation = &target;
    for (;;) {
        Operation& head = *operation->stream->queue.front();
        Operation* needed = undoneDependency(head);
        if (!needed) { runHead(*head.stream); return; }
        operation = needed;
    }
}

/// One step of any stream; false if nothing can run.
bool stepSomewhere() {
    std::vector<Stream*> ready;
    for (const std::shared_ptr<Stream>& stream : allStreams())
        if (canRun(*stream)) ready.push_back(stream.get());
    if (ready.empty()) return false;
    std::sort(ready.begin(), ready.end(), [](Stream* a, Stream* b) { return a->order < b->order; });
    runHead(*ready[streamNumbers().below(unsigned(ready.size()))]);
    return true;
}

void step(Operation& target) {
    if (config().streams != StreamMode::Random || !stepSomewhere()) stepTowards(target);
}

void addLegacyDependencies(const Stream& stream, Operation& operation) {
    if (stream.legacy) {
        for (const std::shared_ptr<Stream>& other : allStreams())
            if (other.get() != &stream && other->device == stream.device && !(other->flags & CU_STREAM_NON_BLOCKING) &&
                other->last)
                operation.after.push_back(other->last);
    } else if (!(stream.flags & CU_STREAM_NON_BLOCKING) && stream.device->defaultStream->last) {
        operation.after.push_back(stream.device->defaultStream->last);
    }
}

}

std::vector<std::shared_ptr<Stream>> allStreams() {
    std::vector<std::shared_ptr<Stream>> list = streams().all();
    for (int i = 0; i < config().devices; i++)
        for (const auto& stream : { deviceAt(i)->defaultStream, deviceAt(i)->perThreadStream })
            if (stream) list.push_back(stream);
    list.insert(list.end(), leftOver().begin(), leftOver().end());
    return list;
}

size_t streamCount() { return streams().count(); }

std::shared_ptr<Stream> findStream(CUstream handle) {
    Device* device = currentDevice();
    if (!device) return nullptr;
    if (uintptr_t(handle) <= 1) return device->defaultStream;
    if (uintptr_t(handle) == 2) return device->perThreadStream;
    std::shared_ptr<Stream> stream = streams().find(handle);
    if (!stream) report(format("%p is no stream (destroyed, or a handle of another kind)", (void*)handle));
    return stream;
}

OperationPtr append(const std::shared_ptr<Stream>& stream, Work work, std::vector<OperationPtr> after) {
    auto operation = std::make_shared<Operation>();
    operation->work = std::move(work);
    operation->stream = stream.get();
    operation->after = std::move(after);
    addLegacyDependencies(*stream, *operation);
    stream->queue.push_back(operation);
    stream->last = operation;
    if (config().streams == StreamMode::Immediate) {
        complete(operation);
    } else if (config().streams == StreamMode::Random) {
        while (streamNumbers().below(4) == 0) {
            MemoryUnlocked unlocked;
            if (!stepSomewhere()) break;
        }
    }
    return operation;
}

CUresult enqueue(const std::shared_ptr<Stream>& stream, Work work) {
    if (stream->capture) return captureWork(*stream, std::move(work));
    if (CUresult code = implicitCaptureViolation(*stream)) return code;
    append(stream, std::move(work));
    return config().streams == StreamMode::Immediate ? stickyError() : CUDA_SUCCESS;
}

CUresult complete(OperationPtr operation) {
    if (operation && !operation->done) {
        MemoryUnlocked unlocked;
        while (!operation->done) step(*operation);
    }
    return stickyError();
}

CUresult completeStream(Stream& stream) { return complete(stream.last); }

CUresult completeAll() {
    for (const std::shared_ptr<Stream>& stream : allStreams()) completeStream(*stream);
    leftOver().clear();
    return stickyError();
}

void progress(OperationPtr operation) {
    if (!operation || operation->done) return;
    MemoryUnlocked unlocked;
    step(*operation);
}

void checkHostMemoryUnused(const void* begin, size_t bytes) {
    auto* from = static_cast<const char*>(begin);
    for (const std::shared_ptr<Stream>& stream : allStreams())
        for (const OperationPtr& operation : stream->queue) {
            auto* host = static_cast<const char*>(operation->work.host);
            if (!host || host >= from + bytes || host + operation->work.hostBytes <= from) continue;
            report(
                format("host memory %p is freed while %s on it is still queued", begin, operation->work.name.c_str()));
            return;
        }
}

void dropStreams() {
    for (const std::shared_ptr<Stream>& stream : allStreams()) {
        for (const OperationPtr& operation : stream->queue) { operation->done = true; operation->after.clear(); }
        stream->queue.clear();
        stream->last = nullptr;
        stream->capture = nullptr;
        stream->tail.clear();
    }
    streams().clear();
    leftOver().clear();
}

}

using namespace mcsim;

MCSIM_API CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int) {
    DRIVER_CALL(cuStreamCreateWithPriority, Context);
    if (!stream || flags > CU_STREAM_NON_BLOCKING) return CUDA_ERROR_INVALID_VALUE;
    static unsigned order = 2;
    auto created = std::make_shared<Stream>();
    created->device = currentDevice();
    created->flags = flags;
    created->order = ++order;
    *stream = streams().add(created);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuStreamCreate(CUstream* stream, unsigned flags) {
    return cuStreamCreateWithPriority(stream, flags, 0);
}

MCSIM_API CUresult cuStreamDestroy_v2(CUstream handle) {
    DRIVER_CALL(cuStreamDestroy_v2, Context);
    std::shared_ptr<Stream> stream = streams().find(handle);
    if (!stream) return rejected(CUDA_ERROR_INVALID_HANDLE, format("cuStreamDestroy: %p is no stream", (void*)handle));
    if (stream->capture) invalidateCapture(*stream);
    streams().remove(handle);
    // The work already queued still runs.
    if (!stream->queue.empty()) leftOver().push_back(stream);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuStreamSynchronize(CUstream handle) {
    DRIVER_CALL(cuStreamSynchronize, Context);
    std::shared_ptr<Stream> stream = findStream(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return captureViolation(*stream, "cuStreamSynchronize");
    if (CUresult code = unsafeCallViolation("cuStreamSynchronize")) return code;
    if (CUresult code = implicitCaptureViolation(*stream)) return code;
    return completeStream(*stream);
}

MCSIM_API CUresult cuStreamQuery(CUstream handle) {
    DRIVER_CALL(cuStreamQuery, Context);
    std::shared_ptr<Stream> stream = findStream(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return captureViolation(*stream, "cuStreamQuery");
    if (CUresult code = unsafeCallViolation("cuStreamQuery")) return code;
    if (stream->queue.empty()) return stickyError();
    // Not ready at least once, then nearer with every question.
    progress(stream->last);
    return stickyError() ? stickyError() : CUDA_ERROR_NOT_READY;
}
