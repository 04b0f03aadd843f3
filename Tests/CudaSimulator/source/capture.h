// Stream capture: what it records, and which calls it forbids.
#pragma once
#include <pthread.h>
#include "graph.h"

namespace mcsim {

struct Capture {
    std::shared_ptr<Graph> graph;
    Stream* origin = nullptr;
    int mode = 0;
    pthread_t thread{};
    bool invalidated = false;
    std::vector<Stream*> streams;
};

CUresult captureWork(Stream& stream, Work work);
CUresult captureRecord(Stream& stream, Event& event);
CUresult captureWait(const std::shared_ptr<Stream>& stream, Event& event);

/// A call that must not be made on a capturing stream: ends the capture's validity.
CUresult captureViolation(Stream& stream, const char* function);
CUresult capturedEvent(Event& event, const char* function);
void invalidateCapture(Stream& stream);

/// Work on the legacy stream would have to wait for a stream that is being captured.
CUresult implicitCaptureViolation(Stream& stream);

/// Calls that may synchronise or allocate are forbidden to a thread while a capture of a strict mode goes on.
CUresult unsafeCallViolation(const char* function);

/// cuCtxSynchronize during any capture.
CUresult anyCaptureViolation(const char* function);

void dropEvents();

}
