// Stream capture; see capture.h.
#include "capture.h"
#include <algorithm>
#include <set>
#include "device.h"

namespace mcsim {
namespace {

thread_local int threadMode = CU_STREAM_CAPTURE_MODE_GLOBAL;

std::vector<std::weak_ptr<Capture>>& captures() {
    static std::vector<std::weak_ptr<Capture>> list;
    return list;
}

std::vector<std::shared_ptr<Capture>> activeCaptures() {
    std::vector<std::shared_ptr<Capture>> active;
    for (const std::weak_ptr<Capture>& weak : captures())
        if (std::shared_ptr<Capture> capture = weak.lock())
            if (capture->origin && capture->origin->capture == capture) active.push_back(capture);
    return active;
}

CUresult invalidate(Capture& capture, CUresult code, const std::string& finding) {
    capture.invalidated = true;
    return rejected(code, finding);
}

void leaveCapture(Capture& capture) {
    for (Stream* stream : capture.streams) {
        stream->tail.clear();
        stream->capture = nullptr;
    }
}

std::set<Node*> ancestors(const std::vector<NodePtr>& tail) {
    std::set<Node*> seen;
    std::vector<Node*> open;
    for (const NodePtr& node : tail) open.push_back(node.get());
    while (!open.empty()) {
        Node* node = open.back();
        open.pop_back();
        if (!seen.insert(node).second) continue;
        for (const NodePtr& earlier : node->after) open.push_back(earlier.get());
    }
    return seen;
}

bool joined(const Capture& capture) {
    std::set<Node*> reached = ancestors(capture.origin->tail);
    for (const Stream* stream : capture.streams)
        for (const NodePtr& node : stream->tail)
            if (!reached.count(node.get())) return false;
    return true;
}

}

CUresult captureWork(Stream& stream, Work work) {
    Capture& capture = *stream.capture;
    if (capture.invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    auto node = std::make_shared<Node>();
    node->work = std::move(work);
    node->after = stream.tail;
    addNode(*capture.graph, node);
    stream.tail = { node };
    return CUDA_SUCCESS;
}

CUresult captureRecord(Stream& stream, Event& event) {
    if (stream.capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    event.recorded = false;
    event.record = nullptr;
    event.capture = stream.capture;
    event.captureTail = stream.tail;
    return CUDA_SUCCESS;
}

CUresult captureWait(const std::shared_ptr<Stream>& stream, Event& event) {
    if (!event.capture) {
        if (!event.recorded) return CUDA_SUCCESS;
        return invalidate(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_ISOLATION,
                          "a capturing stream waits for an event recorded outside the capture");
    }
    if (event.capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (stream->legacy) return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
    if (!event.capture->origin->capture)
        return rejected(CUDA_ERROR_INVALID_VALUE, "a stream waits for an event of a capture that has ended");
    if (!stream->capture) {
        stream->capture = event.capture;
        event.capture->streams.push_back(stream.get());
    } else if (stream->capture != event.capture) {
        event.capture->invalidated = true;
        return invalidate(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_MERGE, "an event would merge two captures");
    }
    for (const NodePtr& node : event.captureTail)
        if (std::find(stream->tail.begin(), stream->tail.end(), node) == stream->tail.end())
            stream->tail.push_back(node);
    return CUDA_SUCCESS;
}

CUresult captureViolation(Stream& stream, const char* function) {
    return invalidate(*stream.capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                      format("%s on a stream that is being captured", function));
}

CUresult capturedEvent(Event& event, const char* function) {
    event.capture->invalidated = true;
    return rejected(CUDA_ERROR_CAPTURED_EVENT, format("%s of an event recorded in a capture", function));
}

void invalidateCapture(Stream& stream) {
    std::shared_ptr<Capture> capture = stream.capture;
    capture->invalidated = true;
    if (capture->origin == &stream) leaveCapture(*capture);
    std::vector<Stream*>& members = capture->streams;
    members.erase(std::remove(members.begin(), members.end(), &stream), members.end());
    stream.capture = nullptr;
}

CUresult implicitCaptureViolation(Stream& stream) {
    if (!stream.legacy) return CUDA_SUCCESS;
    for (const std::shared_ptr<Capture>& capture : activeCaptures())
        for (Stream* captured : capture->streams)
            if (captured->device == stream.device && !(captured->flags & CU_STREAM_NON_BLOCKING))
                return invalidate(*capture, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
                                  "the legacy stream is used while a blocking stream is being captured");
    return CUDA_SUCCESS;
}

CUresult unsafeCallViolation(const char* function) {
    if (threadMode == CU_STREAM_CAPTURE_MODE_RELAXED) return CUDA_SUCCESS;
    for (const std::shared_ptr<Capture>& capture : activeCaptures()) {
        bool mine = pthread_equal(capture->thread, pthread_self());
        bool forbids = mine ? capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED
            : capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL && threadMode == CU_STREAM_CAPTURE_MODE_GLOBAL;
        if (forbids)
            return invalidate(*capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                              format("%s while a stream is being captured", function));
    }
    return CUDA_SUCCESS;
}

CUresult anyCaptureViolation(const char* function) {
    for (const std::shared_ptr<Capture>& capture : activeCaptures())
        return invalidate(*capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                          format("%s while a stream is being captured", function));
    return CUDA_SUCCESS;
}

}

using namespace mcsim;

MCSIM_API CUresult cuStreamBeginCapture_v2(CUstream handle, int mode) {
    DRIVER_CALL(cuStreamBeginCapture_v2, Context);
    std::shared_ptr<Stream> stream = findStream(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (mode < 0 || mode > 2) return CUDA_ERROR_INVALID_VALUE;
    if (stream->legacy) return rejected(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the legacy stream cannot be captured");
    if (stream->capture) return CUDA_ERROR_ILLEGAL_STATE;
    auto capture = std::make_shared<Capture>();
    capture->graph = std::make_shared<Graph>();
    capture->origin = stream.get();
    capture->mode = mode;
    capture->thread = pthread_self();
    capture->streams.push_back(stream.get());
    stream->capture = capture;
    stream->tail.clear();
    captures().push_back(capture);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuStreamEndCapture(CUstream handle, CUgraph* graph) {
    DRIVER_CALL(cuStreamEndCapture, Context);
    std::shared_ptr<Stream> stream = findStream(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!graph) return CUDA_ERROR_INVALID_VALUE;
    *graph = nullptr;
    std::shared_ptr<Capture> capture = stream->capture;
    if (!capture) return CUDA_ERROR_ILLEGAL_STATE;
    if (capture->origin != stream.get())
        return rejected(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "a capture must be ended on the stream it was begun on");
    if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && !pthread_equal(capture->thread, pthread_self()))
        return rejected(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "a capture must be ended by the thread that began it");
    bool whole = joined(*capture);
    leaveCapture(*capture);
    if (capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (!whole)
        return rejected(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "a forked stream was not joined before the capture's end");
    *graph = addGraph(capture->graph);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuStreamIsCapturing(CUstream handle, int* status) {
    DRIVER_CALL(cuStreamIsCapturing, Context);
    std::shared_ptr<Stream> stream = findStream(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!status) return CUDA_ERROR_INVALID_VALUE;
    *status = !stream->capture ? CU_STREAM_CAPTURE_STATUS_NONE
        : stream->capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuThreadExchangeStreamCaptureMode(int* mode) {
    DRIVER_CALL(cuThreadExchangeStreamCaptureMode, Init);
    if (!mode || *mode < 0 || *mode > 2) return CUDA_ERROR_INVALID_VALUE;
    std::swap(*mode, threadMode);
    return CUDA_SUCCESS;
}
