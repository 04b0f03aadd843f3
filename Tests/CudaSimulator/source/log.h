// The door of every exported function: one lock, the call log, sticky errors, injected failures; and the report of
// findings.
#pragma once
#include <mutex>
#include <string>
#include "../api/driver.h"

namespace mcsim {

std::recursive_mutex& apiMutex();

/// What a call needs to be allowed: nothing, cuInit, or a current context that is not corrupted.
enum class Needs { Nothing, Init, Context };

/// Held for the length of one call of an exported function.
class Call {
public:
    Call(const char* function, Needs needs);
    /// The driver code with which the call must return at once; 0 to go on.
    CUresult refused() const { return refused_; }
    /// For what takes long and touches no shared state.
    void unlock() { lock_.unlock(); }
    void lock() { lock_.lock(); }
private:
    std::unique_lock<std::recursive_mutex> lock_;
    CUresult refused_ = CUDA_SUCCESS;
};

/// Adds detail to the trace line of the call that runs.
void traceDetail(const std::string& detail);

void countKernel(const std::string& kernel);

/// A finding: kept for mcsimReport and written to stderr.
void report(const std::string& finding);

/// After a kernel's failure every call returns this code until the context is reset.
CUresult stickyError();
void setStickyError(CUresult code);
void clearStickyError();

/// `report` and return the code.
CUresult rejected(CUresult code, const std::string& finding);

std::string format(const char* text, ...) __attribute__((format(printf, 1, 2)));

#define DRIVER_CALL(function, needs) \
    ::mcsim::Call call(#function, ::mcsim::Needs::needs); \
    if (call.refused()) return call.refused()

}
