// Events: marks in streams, waited for by the host or by other streams.
#include <chrono>
#include "capture.h"
#include "config.h"
#include "device.h"
#include "stream.h"

namespace mcsim {
namespace {

Handles<Event, CUevent, 2>& events() {
    static Handles<Event, CUevent, 2> table;
    return table;
}

double now() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

CUresult noEvent(CUevent handle) {
    return rejected(CUDA_ERROR_INVALID_HANDLE, format("%p is no event (destroyed, or another kind)", (void*)handle));
}

}

size_t eventCount() { return events().count(); }
void dropEvents() { events().clear(); }

}

using namespace mcsim;

MCSIM_API CUresult cuEventCreate(CUevent* event, unsigned flags) {
    DRIVER_CALL(cuEventCreate, Context);
    if (!event || flags > 7) return CUDA_ERROR_INVALID_VALUE;
    auto created = std::make_shared<Event>();
    created->flags = flags;
    *event = events().add(created);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuEventDestroy_v2(CUevent handle) {
    DRIVER_CALL(cuEventDestroy_v2, Context);
    return events().remove(handle) ? CUDA_SUCCESS : noEvent(handle);
}

MCSIM_API CUresult cuEventRecord(CUevent handle, CUstream streamHandle) {
    DRIVER_CALL(cuEventRecord, Context);
    std::shared_ptr<Event> event = events().find(handle);
    if (!event) return noEvent(handle);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return captureRecord(*stream, *event);
    if (CUresult code = implicitCaptureViolation(*stream)) return code;
    event->recorded = true;
    event->capture = nullptr;
    event->captureTail.clear();
    // Each record has its own time, so that recording again does not change what an earlier record will have measured.
    auto time = event->time = std::make_shared<double>(-1.0);
    Work work;
    work.name = "event record";
    work.run = [time] { *time = now(); return CUDA_SUCCESS; };
    event->record = append(stream, work);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuStreamWaitEvent(CUstream streamHandle, CUevent handle, unsigned flags) {
    DRIVER_CALL(cuStreamWaitEvent, Context);
    std::shared_ptr<Event> event = events().find(handle);
    if (!event) return noEvent(handle);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (flags > 1) return CUDA_ERROR_INVALID_VALUE;
    if (event->capture || stream->capture) return captureWait(stream, *event);
    if (!event->recorded || event->record->done) return CUDA_SUCCESS;
    Work work;
    work.name = "event wait";
    append(stream, work, { event->record });
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuEventQuery(CUevent handle) {
    DRIVER_CALL(cuEventQuery, Context);
    std::shared_ptr<Event> event = events().find(handle);
    if (!event) return noEvent(handle);
    if (event->capture) return capturedEvent(*event, "cuEventQuery");
    if (CUresult code = unsafeCallViolation("cuEventQuery")) return code;
    if (!event->recorded || event->record->done) return stickyError();
    progress(event->record);
    return stickyError() ? stickyError() : CUDA_ERROR_NOT_READY;
}

MCSIM_API CUresult cuEventSynchronize(CUevent handle) {
    DRIVER_CALL(cuEventSynchronize, Context);
    std::shared_ptr<Event> event = events().find(handle);
    if (!event) return noEvent(handle);
    if (event->capture) return capturedEvent(*event, "cuEventSynchronize");
    if (CUresult code = unsafeCallViolation("cuEventSynchronize")) return code;
    return event->recorded ? complete(event->record) : CUDA_SUCCESS;
}

MCSIM_API CUresult cuEventElapsedTime(float* milliseconds, CUevent startHandle, CUevent endHandle) {
    DRIVER_CALL(cuEventElapsedTime, Context);
    std::shared_ptr<Event> start = events().find(startHandle), end = events().find(endHandle);
    if (!start) return noEvent(startHandle);
    if (!end) return noEvent(endHandle);
    if (!milliseconds) return CUDA_ERROR_INVALID_VALUE;
    if (!start->recorded || !end->recorded || (start->flags | end->flags) & CU_EVENT_DISABLE_TIMING)
        return CUDA_ERROR_INVALID_HANDLE;
    if (!start->record->done || !end->record->done) return CUDA_ERROR_NOT_READY;
    *milliseconds = float(*end->time - *start->time);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start, CUevent end) {
    return cuEventElapsedTime(milliseconds, start, end);
}
